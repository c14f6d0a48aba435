import type { Sent } from './messages.js';
import { countOf, send, sendFrom } from './sending.js';
import { onStage } from './stage.js';

export interface FairnessFigures {
  /** The quiet office with nobody else there. */
  readonly alone: Sent;
  readonly beside: Sent;
  readonly flood: Sent;
}

/** One office sends without end, through many accounts of its own; another one asks one thing after the other. */
export function runFairness(
  plan: {
    readonly perSecond: number;
    readonly seconds: number;
    readonly seed: number;
    /** Settings of the service; its own defaults else. */
    readonly env?: Record<string, string>;
  },
  say: (line: string) => void,
): Promise<FairnessFigures> {
  return onStage(
    plan.env ?? {},
    async ({ task, senders }) => {
      const [quiet, crowd] = await Promise.all([
        senders(['quiet']),
        senders(['flood'], Math.max(4, Math.ceil(plan.perSecond / 100))),
      ]);
      const ask = (series: string, seconds: number) =>
        send({
          ...task,
          senders: quiet,
          series,
          seed: plan.seed,
          plan: { kind: 'closed', lanes: 1, seconds, pauseMs: 20, thinkMs: 50 },
        });
      await ask('warm', 2);
      say('a quiet office alone');
      const alone = await ask('alone', plan.seconds / 2);
      say(`beside one that sends ${Math.round(plan.perSecond)} a second`);
      const flooding = sendFrom(
        Math.ceil(plan.perSecond / 1000),
        { ...task, senders: crowd, series: 'flood', seed: plan.seed },
        { kind: 'open', perSecond: plan.perSecond, seconds: plan.seconds },
      );
      const beside = await ask('beside', plan.seconds);
      return { alone, beside, flood: await flooding };
    },
    async (_, figures) => figures,
  );
}

/** Of the quiet office's requests. */
export const shareAnswered = ({ beside }: FairnessFigures): number =>
  countOf(beside, 201) / Math.max(1, beside.answers.length);
