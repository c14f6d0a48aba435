import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';
import { isFacematchError } from '../../../src/errors.js';
import { openStore } from '../../../src/store/store.js';
import { newComparison, newDocument, now, storeOptions } from '../../store/fixture.js';

/**
 * A program that writes documents, comparisons and review verdicts into the store in a folder, several at a time, and
 * says on its output what was acknowledged, with a hash of what was stored, and what was refused with which code. It
 * ends after so many rounds, and goes on after a refusal.
 */
const [path = '', lanes = '1', count = 'Infinity'] = process.argv.slice(2);
const say = (line: string) => writeSync(1, `${line}\n`);
const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const refused = (where: string, error: unknown) => {
  if (!isFacematchError(error)) throw error;
  say(`refused ${where} ${error.code}`);
};

const opened = await openStore(storeOptions(path)).catch((error: unknown) => refused('open', error));
if (opened === undefined) process.exit(1);
const store = opened;
say('open');

const at = now.toISOString();
const by = (actor: string, action: string, outcome: string) => ({
  client: 'console',
  actor,
  action,
  outcome,
});

async function decide(reviewId: string): Promise<void> {
  const person = 'analyst-1';
  await store.reviews.claim(reviewId, {
    person,
    steps: ['first'],
    at,
    endsAt: '2026-03-15T11:00:00.000Z',
    audit: by(person, 'review.claim', 'done'),
  });
  say(`claim ${reviewId}`);
  const reason = `reason ${reviewId}`;
  await store.reviews.decide(reviewId, {
    person,
    verdict: 'same-person',
    reason,
    spentSeconds: 40,
    at,
    wordsEnd: '2036-03-15',
    next: () => ({ status: 'done', verdict: 'same-person' }),
    audit: by(person, 'review.verdict', 'same-person'),
  });
  say(`verdict ${reviewId} ${hash(Buffer.from(reason))}`);
}

const steps = [
  async (retentionEnds: string) => {
    const document = newDocument(store, { retentionEnds });
    await store.documents.create(document);
    say(`document ${document.id} ${hash(document.photo)}`);
  },
  async (retentionEnds: string) => {
    const comparison = newComparison(store, { retentionEnds, outcome: 'review' });
    const { reviewId } = await store.comparisons.create(comparison);
    say(`comparison ${comparison.id} ${hash(comparison.probe?.photo ?? new Uint8Array())}`);
    if (reviewId !== undefined) await decide(reviewId);
  },
];

async function lane(number: number): Promise<void> {
  for (let n = number; n < Number(count); n += Number(lanes)) {
    // Months change so that blocks of keys are made under way.
    const month = String((n % 12) + 1).padStart(2, '0');
    const retentionEnds = `${2040 + (Math.floor(n / 12) % 50)}-${month}-05`;
    for (const step of steps) await step(retentionEnds).catch((error: unknown) => refused('write', error));
  }
}

await Promise.all(Array.from({ length: Number(lanes) }, (_, number) => lane(number)));
await store.close().catch((error: unknown) => say(`close ${String(isFacematchError(error))}`));
say('closed');
