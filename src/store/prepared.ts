import type { Compilable, CompiledQuery, Kysely } from 'kysely';
import type { Schema } from './schema.js';

/** A query with its values, for this database or transaction. */
export type Statement<R = unknown> = (db: Kysely<Schema>) => CompiledQuery<R>;

export interface PreparedQuery<P, R> {
  /** Runs it on the database or in a transaction. */
  (db: Kysely<Schema>, parameters: P): Promise<R[]>;
  /** The same, not run yet. */
  with(parameters: P): Statement<R>;
}

/** Lengths of lists for which a query is kept. */
const mostShapes = 50;

/** Stands in a query for the value that a run gives. */
class Slot {
  constructor(
    readonly name: string,
    readonly index: number | undefined,
  ) {}

  valueIn(parameters: Readonly<Record<string, unknown>>): unknown {
    const value = parameters[this.name];
    return this.index === undefined ? value : (value as readonly unknown[])[this.index];
  }
}

/**
 * A query of the main path, put together once and run with other values each time: building its tree and writing it
 * as SQL costs several times what SQLite needs to answer it. `build` must use its parameters as values only and not
 * look at them; a list may have any length, each length is built once, and anew where there are too many.
 */
export function prepared<P extends object, R>(
  build: (db: Kysely<Schema>, parameters: P) => Compilable<R>,
): PreparedQuery<P, R> {
  // By adapter, which a database and its transactions share: another dialect writes other SQL.
  const built = new WeakMap<object, Map<string, CompiledQuery<R>>>();
  const filled = (db: Kysely<Schema>, parameters: P): CompiledQuery<R> => {
    const { adapter } = db.getExecutor();
    const shapes = built.get(adapter) ?? new Map<string, CompiledQuery<R>>();
    built.set(adapter, shapes);
    const values = parameters as Readonly<Record<string, unknown>>;
    const shape = shapeOf(values);
    let query = shapes.get(shape);
    if (query === undefined) {
      query = build(db, slotsFor(values) as P).compile();
      const [oldest] = shapes.keys();
      if (shapes.size >= mostShapes && oldest !== undefined) shapes.delete(oldest);
      shapes.set(shape, query);
    }
    const own = query.parameters.map((value) => (value instanceof Slot ? value.valueIn(values) : value));
    return { ...query, parameters: own };
  };
  const run = async (db: Kysely<Schema>, parameters: P): Promise<R[]> =>
    (await db.executeQuery<R>(filled(db, parameters))).rows;
  return Object.assign(run, { with: (parameters: P) => (db: Kysely<Schema>) => filled(db, parameters) });
}

function shapeOf(parameters: Readonly<Record<string, unknown>>): string {
  let shape = '';
  for (const value of Object.values(parameters)) if (Array.isArray(value)) shape += `${value.length},`;
  return shape;
}

function slotsFor(parameters: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map((_, index) => new Slot(name, index)) : new Slot(name, undefined),
    ]),
  );
}
