import type { TestContext } from 'node:test';
import type { Calibration } from '../../src/comparison/calibration.js';
import type { FaceReader } from '../../src/face/types.js';
import type { SearchSettings } from '../../src/inquiry/search/policy.js';
import type { TurnParts } from '../../src/inquiry/search/turn.js';
import type { AuditEntry, SearchTurn, Store } from '../../src/store/store.js';
import { openStore } from '../../src/store/store.js';
import { folder, now, storeOptions } from '../store/fixture.js';
import { model } from './manyDocuments.js';

/** Its last decade takes 0.05 of score: 1 in 10,000 at 0.35. */
const calibration = {
  file: {
    single: {
      points: [
        [-1, 1],
        [0.2, 1e-2],
        [0.3, 1e-3],
        [0.35, 1e-4],
      ],
    },
  },
} as unknown as Calibration;

export const settings: SearchSettings = {
  enabled: true,
  floorRate: 1e-4,
  mostCandidates: 20,
  sweepGround: 'Besluit 12',
  falsePairs: 500,
  mostPairs: 40,
  checkpointSeconds: 0,
};

export const supervisor: Pick<AuditEntry, 'client' | 'actor' | 'role' | 'ground'> = {
  client: 'console',
  actor: 'supervisor-1',
  role: 'supervisor',
  ground: 'Wet',
};

/** A store in a folder that goes with the test, on whichever database tests run. */
export async function storeOf(t: Pick<TestContext, 'after'>): Promise<Store> {
  const store = await openStore(storeOptions(folder(t as TestContext)));
  t.after(() => store.close());
  return store;
}

/** What a search runs with, but for photos: what is searched for are embeddings that are in the store. */
export function turnParts(store: Store, change: Partial<TurnParts> = {}): TurnParts {
  return {
    store,
    faces: { model } as FaceReader,
    calibration,
    settings,
    clock: () => now,
    requireRunning: async () => 'active',
    failed: (error) => {
      throw error;
    },
    ...change,
  };
}

export async function openedInquiry(store: Store): Promise<string> {
  return store.inquiries.open({
    detail: { reference: 'INQ-1', ground: 'Wet', purpose: 'p', openedBy: 'supervisor-1' },
    members: ['analyst-1'],
    openedAt: now.toISOString(),
    endsAt: '2027-01-01T00:00:00.000Z',
    retentionEnds: '2030-01-01',
    audit: { ...supervisor, action: 'inquiry.open', outcome: 'done' },
  });
}

let approvals = 0;

/** A search that was approved after those before it; its id. */
export async function approvedSearch(
  store: Store,
  inquiryId: string,
  probe?: { documentId: string },
): Promise<string> {
  const id = await store.searches.request({
    inquiryId,
    kind: probe === undefined ? 'sweep' : 'search',
    request: { person: 'analyst-1', reason: 'r', probe, ground: 'g' },
    photo: undefined,
    requestedAt: now.toISOString(),
    retentionEnds: '2027-03-15',
    audit: { client: 'console', actor: 'analyst-1', action: 'search.request', outcome: 'sweep' },
  });
  const decision = { person: 'supervisor-1', approve: true, reason: 'r', by: supervisor };
  const at = new Date(now.getTime() + ++approvals).toISOString();
  await store.searches.decide(id, decision, at, {
    ...supervisor,
    action: 'search.approve',
    outcome: 'approved',
  });
  return id;
}

export async function nextTurn(store: Store): Promise<SearchTurn> {
  const turn = await store.searchWork.next();
  if (turn === undefined) throw new Error('There is no search to run.');
  return turn;
}

/** Entries about a search, oldest first. */
export const entriesOf = (store: Store, record: string) =>
  store.auditQuery.find({ subject: { record } }, 0, 1000);
