import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { systemClock } from '../../clock.js';
import { reasonCodes } from '../../comparison/answer.js';
import { newKey } from '../../keys/keyFile.js';
import { verdicts } from '../../store/reviewRows.js';
import { openStore, type Store } from '../../store/store.js';

export const offices = Array.from({ length: 600 }, (_, index) => `office-${index}`);
export const benchModel = 'bench@1';
/** Bytes of a sealed comparison, as the service makes it. */
const detailBytes = 1400;
const together = 5000;
/** One comparison in so many asks for a review: the share that is set at 1 in 10,000 impostors, and some more. */
const reviewEvery = 20;
const spanMs = 5 * 365 * 24 * 60 * 60 * 1000;

/** The nth applicant's register number, as it is looked up; each applies twice. */
export const registerOf = (n: number): string => String(10_000_000_000 + Math.floor(n / 2));
export const numberOf = (n: number): string => `B${n}`;

/**
 * A store of comparisons over five years, oldest first, as the schema holds them: look-up hashes under the store's key,
 * with random bytes where a sealed record would be, which no query opens.
 */
export async function seedComparisons(
  folder: string,
  count: number,
  progress: (done: number) => void,
): Promise<Store> {
  const databasePath = join(folder, 'bench.db');
  const keyringPaths = [join(folder, 'a', 'keyring.db'), join(folder, 'b', 'keyring.db')] as const;
  const keys = { masterKey: newKey(), lookupKey: newKey() };
  const open = () => openStore({ databasePath, keyringPaths, ...keys, clock: systemClock });
  const store = await open();
  const { lookup } = store;
  await store.close();
  const db = new Database(databasePath);
  db.pragma('synchronous = off');
  db.pragma('secure_delete = off');
  // Look-up hashes land all over their index: it has to fit.
  db.pragma('cache_size = -1000000');
  const comparison = db.prepare(
    'insert into comparisons (id, application_key, office, outcome, created_at, model, calibration, policy, key_id, retention_ends, detail, mode, score, strength, verdict, queryable) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)',
  );
  const subject = db.prepare(
    'insert into comparison_subjects (subject_key, comparison_id, created_at) values (?, ?, ?)',
  );
  const reason = db.prepare(
    'insert into comparison_reasons (reason, created_at, comparison_id) values (?, ?, ?)',
  );
  const review = db.prepare(
    'insert into reviews (id, comparison_id, office, mode, status, opened_at, ready_at, done_at, verdict, key_id, retention_ends) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const start = Date.now() - spanMs;
  const insert = (n: number) => {
    const random = numbersOf(n);
    const createdAt = new Date(start + (n / count) * spanMs).toISOString();
    const id = `${n.toString(16).padStart(12, '0')}-${randomBytes(8).toString('hex')}`;
    const inReview = n % reviewEvery === 0;
    const outcome = inReview ? 'review' : random(0) < 0.02 ? 'not-comparable' : 'consistent';
    const score = outcome === 'not-comparable' ? null : inReview ? random(1) * 0.4 : 0.4 + random(1) * 0.5;
    // Of the last hundred nobody has looked at any yet.
    const done = inReview && n < count - 100 * reviewEvery;
    const verdict = done ? (random(2) < 0.97 ? verdicts[0] : verdicts[1 + Math.floor(random(3) * 2)]) : null;
    const ends = `${Number(createdAt.slice(0, 4)) + 20}${createdAt.slice(4, 8)}28`;
    const office = offices[Math.floor(random(4) ** 2 * offices.length)];
    comparison.run(
      ...[id, randomBytes(32), office, outcome, createdAt, benchModel, 'c', 'p', `k${id}`, ends],
      ...[randomBytes(detailBytes), 'active', score, score === null ? null : score * 8, verdict],
    );
    subject.run(lookup.registerNumber(registerOf(n)), id, createdAt);
    subject.run(lookup.documentNumber(numberOf(n)), id, createdAt);
    subject.run(
      createHash('sha256')
        .update(`identity ${n >> 1}`)
        .digest(),
      id,
      createdAt,
    );
    if (outcome !== 'consistent') {
      const first = Math.floor(random(5) ** 2 * reasonCodes.length);
      reason.run(reasonCodes[first], createdAt, id);
    }
    if (inReview) {
      const status = done ? 'done' : 'waiting';
      review.run(
        ...[`r${id}`, id, office, 'active', status, createdAt, createdAt, done ? createdAt : null],
        ...[verdict, `rk${id}`, ends],
      );
    }
  };
  const batch = db.transaction((from: number, to: number) => {
    for (let n = from; n < to; n++) insert(n);
  });
  for (let from = 0; from < count; from += together) {
    batch(from, Math.min(count, from + together));
    progress(Math.min(count, from + together));
  }
  db.close();
  return open();
}

/** Numbers in [0, 1) that are the same for the same comparison. */
function numbersOf(n: number): (index: number) => number {
  const bytes = createHash('sha256').update(`comparison ${n}`).digest();
  return (index) => bytes.readUInt32LE(index * 4) / 2 ** 32;
}
