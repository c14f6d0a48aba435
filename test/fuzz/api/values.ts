import fc, { type Arbitrary } from 'fast-check';
import { resolved, type Schema } from '../jsonSchema.js';
import type { Bank } from './bank.js';

/** Words that may stand wherever a text may; what an answer must not repeat is among them. */
export const planted = /zq[0-9a-z]{1,12}Plant/g;
const marker: Arbitrary<string> = fc.nat().map((n) => `zq${n.toString(36)}Plant`);

const dayMs = 24 * 3_600_000;
/** Mostly not far from now, where the rules about time make a difference. */
const moments: Arbitrary<Date> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.integer({ min: -400, max: 400 }).map((days) => new Date(Date.now() + days * dayMs)),
  },
  fc.date({ min: new Date('1900-01-01'), max: new Date('2199-12-31'), noInvalidDate: true }),
);

/** Other names under which a value that fits a field may have been seen. */
const alike: Readonly<Record<string, readonly string[]>> = {
  recordId: ['documentId', 'comparisonId'],
  documentNumber: ['number'],
  number: ['documentNumber'],
  after: ['next', 'cursor'],
  cursor: ['next'],
  subject: ['documentId', 'comparisonId'],
};

/** JSON values that fit a schema; fields that refer to something often do. */
export class Values {
  constructor(
    private readonly bank: Bank,
    private readonly root: Schema,
  ) {}

  of(schema: Schema, name = ''): Arbitrary<unknown> {
    if (schema['$ref'] !== undefined) return this.of(resolved(String(schema['$ref']), this.root), name);
    if (schema['const'] !== undefined) return fc.constant(schema['const']);
    if (Array.isArray(schema['enum'])) return fc.constantFrom(...(schema['enum'] as unknown[]));
    const choices = schema['anyOf'] ?? schema['oneOf'];
    if (Array.isArray(choices)) return fc.oneof(...(choices as Schema[]).map((one) => this.of(one, name)));
    switch (schema['type']) {
      case 'object':
        return this.#object(schema);
      case 'array':
        return this.#list(schema, name);
      case 'string':
        return this.#text(schema, name);
      case 'integer':
        return fc.integer(bounds(schema));
      case 'number':
        return fc.double({ ...bounds(schema), noNaN: true, noDefaultInfinity: true });
      case 'boolean':
        return fc.boolean();
      case 'null':
        return fc.constant(null);
      default:
        return fc.jsonValue({ maxDepth: 2 });
    }
  }

  /** What was seen under a name; `otherwise` until then. */
  seen(names: readonly string[], otherwise: string): Arbitrary<string> {
    return fc.nat().map((n) => this.bank.pick(names, n) ?? otherwise);
  }

  #object(schema: Schema): Arbitrary<unknown> {
    const properties = Object.entries((schema['properties'] ?? {}) as Record<string, Schema>);
    const required = (schema['required'] ?? []) as string[];
    const fields = properties.map(([name, one]) => [name, this.of(one, name)] as const);
    return fieldsOf(fields, required);
  }

  #list(schema: Schema, name: string): Arbitrary<unknown> {
    if (Array.isArray(schema['prefixItems']))
      return fc.tuple(...(schema['prefixItems'] as Schema[]).map((one) => this.of(one, name)));
    const minLength = Number(schema['minItems'] ?? 0);
    const maxLength = Math.min(Number(schema['maxItems'] ?? 4), minLength + 4);
    return fc.array(this.of((schema['items'] ?? {}) as Schema, name), { minLength, maxLength });
  }

  #text(schema: Schema, name: string): Arbitrary<string> {
    const seen = this.seen([name, ...(alike[name] ?? [])], 'nothing-seen');
    const made = madeText(schema);
    return /(Id|number|cursor|after|subject)$/i.test(name)
      ? fc.oneof({ weight: 4, arbitrary: seen }, made)
      : fc.oneof({ weight: 6, arbitrary: made }, seen);
  }
}

/** An object of these fields; often of few of them, as many together seldom agree. */
export function fieldsOf(
  fields: readonly (readonly [string, Arbitrary<unknown>])[],
  required: readonly string[],
): Arbitrary<Record<string, unknown>> {
  const record = (of: typeof fields): Arbitrary<Record<string, unknown>> =>
    fc.record<Record<string, unknown>>(Object.fromEntries(of), {
      requiredKeys: [...required],
      noNullPrototype: true,
    });
  const needed = fields.filter(([name]) => required.includes(name));
  const optional = fields.filter(([name]) => !required.includes(name));
  return fc.oneof(
    record(fields),
    fc.oneof(record(needed), ...optional.map((field) => record([...needed, field]))),
  );
}

function madeText(schema: Schema): Arbitrary<string> {
  if (schema['format'] === 'date') return moments.map((moment) => moment.toISOString().slice(0, 10));
  if (schema['format'] === 'date-time') return moments.map((moment) => moment.toISOString());
  const minLength = Number(schema['minLength'] ?? 0);
  const maxLength = Math.min(Number(schema['maxLength'] ?? 40), 400);
  const pattern = schema['pattern'] === undefined ? undefined : new RegExp(String(schema['pattern']), 'u');
  // Classes of Unicode are not generated from a pattern, but drawn and tried against it.
  if (pattern !== undefined && !/\\p|\(\?/.test(pattern.source)) return fc.stringMatching(pattern);
  const drawn = fc.string({
    unit: 'grapheme',
    minLength,
    maxLength: Math.max(minLength, Math.min(maxLength, 30)),
  });
  const fits = (text: string) => pattern?.test(text) ?? true;
  const words = maxLength >= 20 ? marker : fc.constantFrom('gent', 'A-1', 'EP1234');
  return fc.oneof(words, drawn.filter(fits));
}

function bounds(schema: Schema): { min?: number; max?: number } {
  const least = schema['minimum'] ?? schema['exclusiveMinimum'];
  const most = schema['maximum'] ?? schema['exclusiveMaximum'];
  const within = (value: unknown) => Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Number(value)));
  return {
    ...(least !== undefined && { min: within(least) }),
    ...(most !== undefined && { max: within(most) }),
  };
}
