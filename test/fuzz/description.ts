import type { Schema } from './jsonSchema.js';

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: Schema;
}

export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  /** Schemas by media type. */
  readonly body: Readonly<Record<string, Schema>>;
  /** Any one of them opens it; undefined where it is open to anybody. */
  readonly scopes: readonly string[] | undefined;
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { schema?: Schema }>> }>
  >;
}

/** The parts of an OpenAPI 3.1 document that say what to send and what to expect. */
export interface Description {
  readonly root: Schema;
  readonly operations: readonly Operation[];
}

interface RawOperation {
  operationId: string;
  parameters: Parameter[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Operation['responses'];
  security?: Record<string, string[]>[];
}

export async function readDescription(url: string): Promise<Description> {
  const response = await fetch(`${url}/openapi.json`);
  if (!response.ok) throw new Error(`The description was answered ${response.status}.`);
  const root = (await response.json()) as Schema;
  const paths = root['paths'] as Record<string, Record<string, RawOperation>>;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, raw]): Operation => {
      const content = Object.entries(raw.requestBody?.content ?? {});
      return {
        id: raw.operationId,
        method: method.toUpperCase(),
        path,
        parameters: raw.parameters,
        body: Object.fromEntries(content.map(([type, { schema }]) => [type, schema])),
        scopes: raw.security?.flatMap(({ token = [] }) => token),
        responses: raw.responses,
      };
    }),
  );
  return { root, operations };
}

export function operationOf({ operations }: Description, id: string): Operation {
  const found = operations.find((operation) => operation.id === id);
  if (found === undefined) throw new Error(`The description has no operation ${id}.`);
  return found;
}
