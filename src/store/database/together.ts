import { CompiledQuery, PostgresAdapter, type Transaction } from 'kysely';
import type { Statement } from '../prepared.js';
import type { Schema } from '../schema.js';
import { heardLater } from './heardLater.js';

/**
 * Runs statements of which none sees what another does: in their order on SQLite, where each is a call, and in one
 * statement on PostgreSQL, where each would be a way to the database and back. No two may change the same row.
 */
export async function together(trx: Transaction<Schema>, statements: readonly Statement[]): Promise<void> {
  const queries = statements.map((statement) => statement(trx));
  if (queries.length === 0) return;
  const executor = trx.getExecutor();
  const apart = executor.adapter instanceof PostgresAdapter ? [joined(queries)] : queries;
  await executor.provideConnection(async (connection) => {
    for (const query of apart) await connection.executeQuery(query);
  });
}

/** `with s0 as (…), s1 as (…) …`: all see the database as it was; references between their rows are checked at the end. */
function joined(queries: readonly CompiledQuery[]): CompiledQuery {
  return CompiledQuery.raw(
    texts.of(queries.map(({ sql }) => sql)),
    queries.flatMap(({ parameters }) => parameters),
  );
}

const mostPlaces = 2_000;

/** The texts put together so far, found by their parts one after another. */
class Texts {
  readonly #longer = new Map<string, Texts>();
  #text: string | undefined;
  /** Of the first of all: places that there are. */
  #places = 0;

  of(parts: readonly string[]): string {
    let place: Texts = this;
    for (const part of parts) {
      let next = place.#longer.get(part);
      if (next === undefined) {
        next = new Texts();
        place.#longer.set(part, next);
        this.#places += 1;
      }
      place = next;
    }
    const text = place.#text ?? joinedText(parts);
    place.#text = text;
    // Lists of ever new lengths begin anew.
    if (this.#places > mostPlaces) {
      this.#longer.clear();
      this.#places = 0;
    }
    return text;
  }
}

const texts = new Texts();

function joinedText(parts: readonly string[]): string {
  let used = 0;
  const own = parts.map((part) => {
    const first = used;
    return part.replace(/\$(\d+)/g, (_, number: string) => {
      used = Math.max(used, first + Number(number));
      return `$${first + Number(number)}`;
    });
  });
  const main = own.pop();
  const before = own.map((part, index) => `s${index} as (${part})`).join(', ');
  return `${heardLater}${before && `with ${before} `}${main}`;
}
