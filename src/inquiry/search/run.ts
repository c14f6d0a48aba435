import type { Clock } from '../../clock.js';
import type { Calibration } from '../../comparison/calibration.js';
import type { FaceReader } from '../../face/types.js';
import type { NewFinding } from '../../store/searchFindings.js';
import type { OpenedSearch, Store, SweepCheckpoint } from '../../store/store.js';
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

/** What a search runs against. */
export interface Against {
  readonly documents: number;
  readonly lastDocument: string;
  readonly model: string;
}

export interface RunHooks {
  /** Told what it runs against, before anything is compared. */
  readonly started: (against: Against, resumed: SweepCheckpoint | undefined) => Promise<void>;
  /** 0 to 1. */
  readonly progress: (done: number) => void;
  /** How far a sweep has come, now and then. */
  readonly checkpoint: (checkpoint: SweepCheckpoint) => void;
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
 * One search in one process, which is gone when this ends. One that was begun before runs against the same documents; a
 * sweep goes on from its checkpoint. Where another model became the active one meanwhile it begins anew.
 *
 * @throws FacematchError `not-found` (the probe was destroyed), `probe-unusable`, `search-failed`, `search-stopped`,
 * `integrity-failure`, and what reading a photo throws
 */
export async function runSearch(parts: RunParts, search: OpenedSearch, hooks: RunHooks): Promise<Found> {
  const { store, faces } = parts;
  const { model } = faces;
  const { probe } = search.request;
  const ready = probe && (await probeOf(parts, search, probe));
  const before = search.store?.model === model ? search.store : undefined;
  const from = before && ready === undefined ? await store.searchWork.checkpoint(search.id) : undefined;
  const { documents, lastDocument } = before ?? (await extentOf(store, model));
  await hooks.started({ documents, lastDocument, model }, from);
  const process = new SearchProcess(hooks.signal, parts.settings.isolation);
  try {
    const share = loadShare[search.kind];
    const swept = from === undefined ? 0 : shareOf(from.compared, documents);
    const done = (loaded: number, part: number) =>
      hooks.progress(Math.min(1, share * loaded + (1 - share) * part));
    const blocks = store.embeddingBlocks.read(model, lastDocument, hooks.signal);
    const held = await process.load(model, blocks, (count) => done(count / documents, swept));
    if (ready !== undefined) return await candidates(parts, process, ready, held);
    return await pairs(parts, process, held, {
      from,
      progress: (part) => done(1, part),
      checkpoint: hooks.checkpoint,
    });
  } finally {
    await process.end();
  }
}

async function extentOf(store: Store, model: string): Promise<Omit<Against, 'model'>> {
  const { documents, last } = await store.embeddingBlocks.extent(model);
  return { documents, lastDocument: last };
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
  hooks: {
    readonly from: SweepCheckpoint | undefined;
    readonly progress: (part: number) => void;
    readonly checkpoint: (checkpoint: SweepCheckpoint) => void;
  },
): Promise<Found> {
  const { from } = hooks;
  // Of a sweep that goes on, as when it began: pairs below its floor were not kept.
  const floor = from?.floor ?? pairFloor(calibration, settings, pairsAmong(held));
  const most = from?.most ?? spare * settings.mostPairs;
  const asked = { model: faces.model, floor, most, from, checkpointMs: 1000 * settings.checkpointSeconds };
  const swept = await scoredPairs(process, store, asked, {
    progress: (compared) => hooks.progress(shareOf(compared, held)),
    checkpoint: (place) => hooks.checkpoint({ ...place, floor, most }),
  });
  const findings = swept.found.slice(0, settings.mostPairs).map(({ a, b, score }) => ({
    documentId: a.documentId,
    otherId: b.documentId,
    ...meaningOf(calibration, score, swept.compared),
  }));
  return { findings, reached: swept.found.length, compared: swept.compared };
}

/** Pairs looked at in float32 for one that is kept: their order by int8 is not quite that of their scores. */
const spare = 2;

const pairsAmong = (documents: number): number => (documents * (documents - 1)) / 2;

/** Of all pairs of so many documents, 0 to 1. */
const shareOf = (compared: number, documents: number): number =>
  Math.min(1, compared / Math.max(1, pairsAmong(documents)));
