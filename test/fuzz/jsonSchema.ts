export type Schema = Readonly<Record<string, unknown>>;

/** Says nothing about which values fit. */
const annotations = new Set(['description', 'format', 'default', 'contentMediaType', 'title', '$comment']);

/**
 * Why a value does not fit a JSON Schema (draft 2020-12, the keywords that our document uses), as a pointer and a
 * keyword; undefined where it fits. Throws on a keyword it does not know, so that none is passed over.
 */
export function misfit(schema: Schema, value: unknown, root: Schema, at = ''): string | undefined {
  for (const [keyword, limit] of Object.entries(schema)) {
    const found = annotations.has(keyword) ? undefined : check(keyword, limit, schema, value, root, at);
    if (found !== undefined) return found;
  }
  return undefined;
}

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function check(
  keyword: string,
  limit: unknown,
  schema: Schema,
  value: unknown,
  root: Schema,
  at: string,
): string | undefined {
  const fault = `${at || '/'} ${keyword}`;
  const wrong = (isWrong: boolean) => (isWrong ? fault : undefined);
  const text = typeof value === 'string' ? value : undefined;
  const number = typeof value === 'number' ? value : undefined;
  const list = Array.isArray(value) ? (value as unknown[]) : undefined;
  const fields = isFields(value) ? value : undefined;
  switch (keyword) {
    case '$ref':
      return misfit(resolved(String(limit), root), value, root, at);
    case 'type':
      return wrong(![limit].flat().some((type) => isOfType(String(type), value)));
    case 'enum':
      return wrong(!(limit as unknown[]).includes(value));
    case 'const':
      return wrong(value !== limit);
    case 'anyOf':
      return wrong(!(limit as Schema[]).some((one) => misfit(one, value, root, at) === undefined));
    case 'allOf':
      return first(limit as Schema[], (one) => misfit(one, value, root, at));
    case 'pattern':
      return wrong(text !== undefined && !new RegExp(String(limit), 'u').test(text));
    case 'minLength':
      return wrong(text !== undefined && [...text].length < Number(limit));
    case 'maxLength':
      return wrong(text !== undefined && [...text].length > Number(limit));
    case 'minimum':
      return wrong(number !== undefined && !(number >= Number(limit)));
    case 'maximum':
      return wrong(number !== undefined && !(number <= Number(limit)));
    case 'exclusiveMaximum':
      return wrong(number !== undefined && !(number < Number(limit)));
    case 'exclusiveMinimum':
      return wrong(number !== undefined && !(number > Number(limit)));
    case 'minItems':
      return wrong(list !== undefined && list.length < Number(limit));
    case 'maxItems':
      return wrong(list !== undefined && list.length > Number(limit));
    case 'prefixItems':
      return list && first(limit as Schema[], (one, i) => misfit(one, list[i], root, `${at}/${i}`));
    case 'items': {
      const from = Array.isArray(schema['prefixItems']) ? schema['prefixItems'].length : 0;
      return (
        list && first(list.slice(from), (item, i) => misfit(limit as Schema, item, root, `${at}/${i + from}`))
      );
    }
    case 'required':
      return (
        fields &&
        first(limit as string[], (name) =>
          Object.hasOwn(fields, name) ? undefined : `${at}/${name} required`,
        )
      );
    case 'properties':
      return (
        fields &&
        first(Object.entries(limit as Record<string, Schema>), ([name, one]) =>
          Object.hasOwn(fields, name) ? misfit(one, fields[name], root, `${at}/${name}`) : undefined,
        )
      );
    case 'additionalProperties': {
      const known = (schema['properties'] ?? {}) as Fields;
      const more =
        fields === undefined ? [] : Object.entries(fields).filter(([name]) => !Object.hasOwn(known, name));
      if (limit === false) return more[0] && `${at}/${more[0][0]} additionalProperties`;
      return first(more, ([name, one]) => misfit(limit as Schema, one, root, `${at}/${name}`));
    }
    case 'propertyNames':
      return (
        fields && first(Object.keys(fields), (name) => misfit(limit as Schema, name, root, `${at}/${name}`))
      );
    default:
      throw new Error(`The keyword ${keyword} of a schema is not known here.`);
  }
}

function first<T>(
  list: readonly T[],
  of: (item: T, index: number) => string | undefined,
): string | undefined {
  for (const [index, item] of list.entries()) {
    const found = of(item, index);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isOfType(type: string, value: unknown): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isFields(value);
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

/** @param reference `#/…` within the same document (RFC 6901) */
export function resolved(reference: string, root: Schema): Schema {
  let node: unknown = root;
  for (const part of reference.replace(/^#\//, '').split('/')) node = (node as Fields)[part];
  if (!isFields(node)) throw new Error(`The reference ${reference} leads nowhere.`);
  return node;
}
