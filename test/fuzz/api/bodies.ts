import fc, { type Arbitrary } from 'fast-check';
import { boundary, formBytes, formType, type PartSpec } from '../../http/harness.js';
import type { Operation } from '../description.js';
import { resolved, type Schema } from '../jsonSchema.js';
import { formSpoils } from './form.js';
import type { Ingredients } from './requests.js';
import { type Spoil, spoilKinds, spoilt } from './spoil.js';
import type { Values } from './values.js';

export interface Body {
  readonly bytes: Buffer;
  readonly type: string;
  readonly fault: string;
}

/** The body as it should be, and the same with one fault. */
export function bodyOf(
  operation: Operation,
  values: Values,
  { examples, photos, root }: Ingredients,
): Arbitrary<{ whole: Body; broken: Body } | undefined> {
  const json = operation.body['application/json'];
  const form = operation.body['multipart/form-data'];
  const example = examples[operation.id];
  const documentOf = (schema: Schema): Arbitrary<unknown> => {
    const made = values.of(schema);
    return example === undefined
      ? made
      : fc.oneof(made, { weight: 2, arbitrary: fc.nat().map(() => example()) });
  };
  const choices: Arbitrary<{ whole: Body; broken: Body }>[] = [];
  const anySpoil = fc.record({ kind: fc.constantFrom(...spoilKinds), at: fc.nat(), variant: fc.nat() });
  if (json !== undefined) {
    const type = 'application/json';
    choices.push(
      fc.tuple(documentOf(json), anySpoil).map(([document, fault]) => ({
        whole: { bytes: Buffer.from(JSON.stringify(document)), type, fault: 'none' },
        broken: { bytes: spoilt(document, fault), type, fault: fault.kind },
      })),
    );
  }
  if (form !== undefined) {
    const photo = fc.constantFrom(...photos);
    const parts = Object.entries((form['properties'] ?? {}) as Record<string, Schema>);
    const isBatch = parts.some(([, schema]) => schema['type'] === 'array');
    const required = (form['required'] ?? []) as string[];
    const drawn = parts.map(([name, schema]) => {
      const one = isBatch ? ((schema['items'] ?? {}) as Schema) : schema;
      const isImage = one['contentMediaType'] !== undefined;
      const document = isImage
        ? fc.constant(undefined)
        : documentOf(one['$ref'] ? resolved(String(one['$ref']), root) : one);
      const left = required.includes(name) ? fc.constant(false) : fc.boolean();
      return fc.record({
        name: fc.constant(name),
        document,
        photo: isImage ? photo : fc.constant(undefined),
        left,
      });
    });
    const item = fc.tuple(...drawn);
    const items = fc.array(item, { minLength: 1, maxLength: isBatch ? 4 : 1 });
    const formSpoil = fc.constantFrom(...Object.keys(formSpoils));
    choices.push(
      fc
        .tuple(items, anySpoil, formSpoil, fc.boolean(), fc.nat())
        .map(([all, fault, framing, inFraming, at]) => {
          const present = all.flat().filter(({ left }) => !left);
          const whole = formBytes(present.map((part) => partOf(part, undefined)));
          const broken = inFraming
            ? { bytes: formSpoils[framing]!(whole, at), fault: `form: ${framing}` }
            : { bytes: formBytes(present.map((part) => partOf(part, fault))), fault: fault.kind };
          return {
            whole: { bytes: whole, type: formType, fault: 'none' },
            broken: { ...broken, type: formType },
          };
        }),
    );
  }
  return choices.length === 0 ? fc.constant(undefined) : fc.oneof(...choices);
}

interface DrawnPart {
  readonly name: string;
  readonly document: unknown;
  readonly photo: Buffer | undefined;
}

function partOf({ name, document, photo }: DrawnPart, fault: Spoil | undefined): PartSpec {
  if (photo !== undefined) return { name, content: photo, filename: `${boundary}.jpg` };
  const content = fault === undefined ? JSON.stringify(document) : spoilt(document, fault);
  return { name, content, type: 'application/json' };
}
