import type { Request } from 'express';
import type { z } from 'zod';
import type { ErrorCode } from '../errors.js';
import type { Caller, Language } from '../oversight/caller.js';
import type { Scope } from '../oversight/scopes.js';
import type { Form, FormShape } from './multipart.js';
import type { ItemShape, StreamedItem } from './multipartStream.js';
import type { Problem } from './problems.js';

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON; text and bytes need a Content-Type among the headers. */
  readonly body?: object | string | Buffer;
}

interface Context {
  readonly request: Request;
  readonly language: Language;
  /** Aborted when the caller hangs up before the answer. */
  readonly signal: AbortSignal;
  /** A path parameter; `not-found` where it has not the form of one of our ids. */
  id(): string;
  /** Another path parameter, as it was sent. */
  parameter(name: string): string;
  /** What stands behind the question mark; `validation` where a name stands there twice. */
  query(): Readonly<Record<string, string>>;
}

export interface ResponseSpec {
  readonly description: string;
  readonly schema?: z.ZodType;
  readonly contentType?: string;
  /** Other types it comes in where the caller accepts them rather. */
  readonly alsoAs?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

interface Declaration {
  /** Also the OpenAPI operation id, and the action of an audit entry. */
  readonly id: string;
  readonly method: 'get' | 'post' | 'patch';
  /** With `{name}` for parameters. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** What may stand behind the question mark; the use case validates it. */
  readonly query?: z.ZodObject;
  readonly responses: Readonly<Record<number, ResponseSpec>>;
  /** A request repeated with the same Idempotency-Key is done once. */
  readonly idempotent?: true;
  /** Beyond those that every route with the same kind of body and protection has. */
  readonly problems: readonly ErrorCode[];
}

interface Bodiless {
  readonly form?: undefined;
  readonly json?: undefined;
  readonly items?: undefined;
}

/** The scopes of which any opens a route; none where it is open to anybody, or to any token. */
export function scopesOf({
  scope,
  orScope,
}: Pick<Route, 'scope'> & { orScope?: Scope | undefined }): readonly Scope[] {
  if (scope === undefined || scope === anyToken) return [];
  return orScope === undefined ? [scope] : [scope, orScope];
}

/** Anybody may call it. */
export interface OpenRoute extends Declaration, Bodiless {
  readonly scope?: undefined;
  readonly orScope?: undefined;
  handler(context: Context): Promise<Reply> | Reply;
}

/** In the place of a scope: any valid token will do. */
export const anyToken = 'any-token';

interface Protected extends Declaration {
  readonly scope: Scope | typeof anyToken;
  /** Another scope that opens it too. */
  readonly orScope?: Scope;
  /** Its use case itself sees to the inquiry: a role that acts within one only need not name it in the header. */
  readonly ownInquiry?: true;
}

export interface ReadRoute extends Protected, Bodiless {
  handler(context: Context & { readonly caller: Caller }): Promise<Reply>;
}

export interface FormRoute extends Protected {
  /** `schema` describes the JSON part; the use case validates it. */
  readonly form: {
    readonly shape: FormShape;
    readonly schema?: z.ZodType;
    /** The JSON may also come as the whole body, without images. */
    readonly orJson?: true;
  };
  readonly json?: undefined;
  readonly items?: undefined;
  handler(context: Context & Creating & { readonly form: Form }): Promise<Reply>;
}

export interface JsonRoute extends Protected {
  readonly form?: undefined;
  readonly items?: undefined;
  readonly json: { readonly schema: z.ZodType };
  handler(context: Context & Creating & { readonly document: unknown }): Promise<Reply>;
}

/** Many items in one form, handled while the form still arrives. */
export interface ItemsRoute extends Protected {
  readonly form?: undefined;
  readonly json?: undefined;
  readonly items: { readonly shape: ItemShape; readonly schema: z.ZodType };
  handler(context: Context & Creating & Streaming): Promise<Reply>;
}

interface Streaming {
  readonly items: AsyncIterable<StreamedItem>;
  /** What one item failed with, recorded and logged as the refusal of a whole request would be. */
  problem(thrown: unknown): Promise<Problem>;
}

interface Creating {
  readonly caller: Caller;
  readonly idempotencyKey: string | undefined;
}

/**
 * Everything about one route in one place: what mounts it, what protects it and what documents it are the same
 * declaration, so none of them can be forgotten.
 */
export type Route = OpenRoute | ReadRoute | FormRoute | JsonRoute | ItemsRoute;
