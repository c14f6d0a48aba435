import { Command } from 'commander';
import type { ModeRequestView, ModeState } from '../../oversight/mode.js';
import { print, run } from '../output.js';
import { type Connection, callService, connectionOptions } from '../serviceCall.js';

/** The mode is changed by people with tokens of their own, so these go through the running service. */
const showCommand = connectionOptions(
  new Command('show').description('the mode now, and requests that wait'),
).action((options: Connection) =>
  run(async () => {
    print(described((await callService(options, 'GET', '/v1/mode')) as ModeState));
    const { requests } = (await callService(options, 'GET', '/v1/mode/requests')) as {
      requests: ModeRequestView[];
    };
    for (const one of requests) {
      print(
        `waits: ${one.id}  ${one.mode}${one.endsAt ? ` until ${one.endsAt}` : ''}: ${one.reason} (${one.ground})`,
      );
    }
  }),
);

const requestCommand = connectionOptions(
  new Command('request')
    .description('ask for a trial, a suspension or the end of either; a second person approves')
    .argument('<mode>', 'active, trial or suspended')
    .requiredOption('--reason <text>', 'why')
    .requiredOption('--ground <text>', 'the legal ground')
    .option('--until <time>', 'end (ISO 8601); required for trial and suspended'),
).action((mode: string, options: Connection & { reason: string; ground: string; until?: string }) =>
  run(async () => {
    const { reason, ground, until } = options;
    const made = (await callService(options, 'POST', '/v1/mode/requests', {
      mode,
      reason,
      ground,
      ...(until === undefined ? {} : { endsAt: until }),
    })) as ModeRequestView;
    print(`${made.id} waits for a second person, until ${made.expiresAt}.`);
  }),
);

const approveCommand = connectionOptions(
  new Command('approve').description('approve what another person asked for').argument('<id>'),
).action((id: string, options: Connection) =>
  run(async () => {
    const path = `/v1/mode/requests/${encodeURIComponent(id)}/approval`;
    print(described((await callService(options, 'POST', path, {})) as ModeState));
  }),
);

export const modeCommand = new Command('mode')
  .description('active, trial or suspended: show it, ask for a change, approve one')
  .addCommand(showCommand)
  .addCommand(requestCommand)
  .addCommand(approveCommand);

function described({ mode, since, endsAt, reason, trialEnded }: ModeState): string {
  const parts = [
    mode,
    since && `since ${since}`,
    endsAt && `until ${endsAt}`,
    trialEnded && 'as its trial ended',
    reason && `(${reason})`,
  ];
  return parts.filter(Boolean).join(' ');
}
