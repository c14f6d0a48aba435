import type { Clock } from '../../clock.js';
import type { Calibration } from '../../comparison/calibration.js';
import type { FaceReader } from '../../face/types.js';
import type { NewFinding } from '../../store/searchFindings.js';
import type { OpenedSearch, Store } from '../../store/store.js';
import { candidateFloor, meaningOf, pairFloor, type SearchSettings } from './policy.js';
import { probeOf } from './probe.js';
import { scoredNearest, scoredPairs } from './scored.js';
import { SearchProcess } from './searchProcess.js';

export interface RunParts {
  readonly store: Store;
  readonly faces: FaceReader;
  readonly calibration: Calibration;
  readonly settings: SearchSettings;
  readonly clock: Clock;
}

export interface RunHooks {
  /** Told what it runs against, before anything is compared. */
  readonly started: (against: { documents: number; lastDocument: string; model: string }) => Promise<void>;
  /** 0 to 1. */
  readonly progress: (done: number) => void;
  readonly signal: AbortSignal;
}

export interface Found {
  readonly findings: readonly NewFinding[];
  readonly reached: number;
  /** Comparisons that a false match could have come from. */
  readonly compared: number;
}

/** Of a sweep's time, about what loading takes. */
const loadShare = { search: 0.95, sweep: 0.2 } as const;

/**
 * One search in one process, which is gone when this ends.
 *
 * @throws FacematchError `not-found` (the probe was destroyed), `probe-unusable`, `search-failed`, `search-stopped`,
 * `integrity-failure`, and what reading a photo throws
 */
export async function runSearch(parts: RunParts, search: OpenedSearch, hooks: RunHooks): Promise<Found> {
  const { store, faces } = parts;
  const { model } = faces;
  const { probe } = search.request;
  const ready = probe && (await probeOf(parts, search, probe));
  const { documents, last } = await store.embeddingBlocks.extent(model);
  await hooks.started({ documents, lastDocument: last, model });
  const process = new SearchProcess(hooks.signal, parts.settings.isolation);
  try {
    const share = loadShare[search.kind];
    const blocks = store.embeddingBlocks.read(model, last, hooks.signal);
    const held = await process.load(model, blocks, (count) =>
      hooks.progress(Math.min(1, (share * count) / documents)),
    );
    if (ready !== undefined) return await candidates(parts, process, ready, held);
    return await pairs(parts, process, held, (part) => hooks.progress(share + (1 - share) * part));
  } finally {
    await process.end();
  }
}

async function candidates(
  { store, faces, calibration, settings }: RunParts,
  process: SearchProcess,
  { embedding, ownHolders }: Awaited<ReturnType<typeof probeOf>>,
  held: number,
): Promise<Found> {
  const { found } = await scoredNearest(process, store, { model: faces.model, probe: embedding });
  const others = found.filter(({ holderId }) => !ownHolders.has(holderId));
  const compared = held - (found.length - others.length);
  const floor = candidateFloor(calibration, settings);
  const reached = others.filter(({ score }) => score >= floor);
  const findings = reached.slice(0, settings.mostCandidates).map(({ documentId, score }) => ({
    documentId,
    ...meaningOf(calibration, score, compared),
  }));
  return { findings, reached: reached.length, compared };
}

async function pairs(
  { store, faces, calibration, settings }: RunParts,
  process: SearchProcess,
  held: number,
  progress: (part: number) => void,
): Promise<Found> {
  const all = (held * (held - 1)) / 2;
  const floor = pairFloor(calibration, settings, all);
  const asked = { model: faces.model, floor, most: spare * settings.mostPairs };
  const swept = await scoredPairs(process, store, asked, (compared) => progress(Math.min(1, compared / all)));
  const findings = swept.found.slice(0, settings.mostPairs).map(({ a, b, score }) => ({
    documentId: a.documentId,
    otherId: b.documentId,
    ...meaningOf(calibration, score, swept.compared),
  }));
  return { findings, reached: swept.found.length, compared: swept.compared };
}

/** Pairs looked at in float32 for one that is kept: their order by int8 is not quite that of their scores. */
const spare = 2;
