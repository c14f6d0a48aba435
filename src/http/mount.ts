import type { Express, Request, Response } from 'express';
import { Budget } from '../budget.js';
import { FacematchError, isFacematchError } from '../errors.js';
import { type Caller, partyOf } from '../oversight/caller.js';
import { roleOf } from '../oversight/roles.js';
import { ownTurn } from '../ownTurn.js';
import { type Refuse, send } from './answer.js';
import { type Authenticator, authorizationOf } from './auth.js';
import { readJsonBody } from './jsonBody.js';
import { negotiate } from './language.js';
import type { HttpLimits } from './limits.js';
import { parseMediaType } from './mediaType.js';
import { readForm } from './multipart.js';
import { readItems } from './multipartStream.js';
import { problemOf } from './problems.js';
import type { RateLimits } from './rateLimits.js';
import { stateOf } from './requestState.js';
import {
  anyToken,
  type FormRoute,
  type ItemsRoute,
  type JsonRoute,
  type ReadRoute,
  type Reply,
  type Route,
  scopesOf,
} from './route.js';
import { type UploadGate, uploadGate } from './uploadGate.js';

export interface MountOptions {
  readonly authenticate: Authenticator;
  readonly limits: HttpLimits;
  readonly rateLimits: RateLimits;
  readonly refuse: Refuse;
  /** Keeps a place for a photo until it has been received; throws `busy` where it would be turned away. */
  readonly promiseRoom: (party: string) => () => void;
  /** Throws `inquiry-refused` where the caller may not act in the inquiry. */
  readonly admit: (inquiryId: string, caller: Caller) => Promise<void>;
}

/** Mounts the routes, and for each of their paths the answer to OPTIONS and to methods it has not. */
export function mount(app: Express, routes: readonly Route[], options: MountOptions): void {
  const { limits } = options;
  const shared: Shared = {
    ...options,
    withUpload: uploadGate(limits.concurrentUploads),
    batchMemory: new Budget(limits.batchBytes),
  };
  for (const route of routes) {
    app[route.method](expressPath(route.path), async (request, response) => {
      stateOf(response).route = route;
      const context = contextOf(request, response);
      if (route.scope === undefined) {
        send(response, await route.handler(context));
        return;
      }
      const caller = await authorise(route, request, response, options);
      send(response, await handle(route, { ...context, caller }, response, shared));
    });
  }
  for (const path of new Set(routes.map((route) => route.path))) {
    const here = routes.filter((route) => route.path === path);
    const allow = here.flatMap(({ method }) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]));
    app.all(expressPath(path), (request, response) => {
      response.setHeader('Allow', [...allow, 'OPTIONS'].join(', '));
      if (request.method !== 'OPTIONS')
        throw new FacematchError('method-not-allowed', 'Not a method of this path.');
      send(response, { status: 204 });
    });
  }
}

const expressPath = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1');

type ReadContext = Parameters<ReadRoute['handler']>[0];
type OpenContext = Omit<ReadContext, 'caller'>;

function contextOf(request: Request, response: Response): OpenContext {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  return {
    request,
    language: negotiate(request),
    signal: gone.signal,
    id: () => {
      const id = request.params['id'];
      if (typeof id === 'string' && /^[\w-]{1,64}$/.test(id)) return id;
      throw new FacematchError('not-found', 'The id has not the form of one of ours.');
    },
    parameter: (name) => String(request.params[name] ?? ''),
    query: () => queryOf(request),
  };
}

async function authorise(
  route: Exclude<Route, { scope?: undefined }>,
  request: Request,
  response: Response,
  { authenticate, rateLimits, admit }: Pick<MountOptions, 'authenticate' | 'rateLimits' | 'admit'>,
): Promise<Caller> {
  const present = async () => authenticate(authorizationOf(request));
  const claimed = await present().catch(async (error: unknown) => {
    if (isFacematchError(error, 'invalid-token')) await rateLimits.refusedToken(request.ip);
    throw error;
  });
  const holder = { ...claimed, language: negotiate(request) };
  const state = stateOf(response);
  state.caller = holder;
  await rateLimits.request(holder);
  const allowed = scopesOf(route);
  if (route.scope !== anyToken && !allowed.some((scope) => holder.scopes.has(scope))) {
    throw new FacematchError('forbidden', 'The token lacks the scope of this route.', { scope: route.scope });
  }
  const inquiry = inquiryOf(request);
  if (inquiry === undefined) {
    if (route.ownInquiry || !needsInquiry(holder)) return holder;
    throw new FacematchError('inquiry-refused', 'The request names no inquiry.', { header: 'Inquiry' });
  }
  const caller = { ...holder, inquiry };
  // Also a refusal says in the trail for which inquiry it was.
  state.caller = caller;
  await admit(inquiry, caller);
  return caller;
}

const needsInquiry = ({ role }: Caller): boolean =>
  role !== undefined && roleOf(role).needs.includes('inquiry');

/** The inquiry within which the request is made: its id, in a header as it is about the whole request. */
function inquiryOf(request: Request): string | undefined {
  const id = request.get('inquiry');
  if (id === undefined || /^[\w-]{1,64}$/.test(id)) return id;
  throw new FacematchError('inquiry-refused', 'The header names no inquiry of ours.', { header: 'Inquiry' });
}

/** What all requests share. */
interface Shared extends Pick<MountOptions, 'limits' | 'refuse' | 'promiseRoom'> {
  readonly withUpload: UploadGate;
  /** Bytes that the items of all batches may hold. */
  readonly batchMemory: Budget;
}

async function handle(
  route: ReadRoute | FormRoute | JsonRoute | ItemsRoute,
  context: ReadContext,
  response: Response,
  { limits, refuse, promiseRoom, withUpload, batchMemory }: Shared,
): Promise<Reply> {
  if (route.form === undefined && route.json === undefined && route.items === undefined) {
    return route.handler(context);
  }
  const { request, language } = context;
  const idempotencyKey = idempotencyKeyOf(request);
  const party = partyOf(context.caller);
  if (route.items !== undefined) {
    const state = stateOf(response);
    invite(request, response);
    const items = readItems(request, route.items.shape, limits, batchMemory, party);
    const problem = async (thrown: unknown) =>
      problemOf(await refuse(thrown, state), language, state.requestId);
    return withUpload(party, () => route.handler({ ...context, idempotencyKey, items, problem }));
  }
  if (route.form === undefined) {
    invite(request, response);
    const document = await readJsonBody(request, limits.jsonBytes);
    return route.handler({ ...context, idempotencyKey, document });
  }
  if (route.form.orJson && isJson(request)) {
    invite(request, response);
    const json = await readJsonBody(request, limits.jsonBytes);
    return route.handler({ ...context, idempotencyKey, form: { json, images: {} } });
  }
  const { shape } = route.form;
  return withUpload(party, async () => {
    const received = promiseRoom(party);
    invite(request, response);
    const form = await readForm(request, shape, limits).finally(received);
    await ownTurn();
    return route.handler({ ...context, idempotencyKey, form });
  });
}

const isJson = (request: Request): boolean =>
  parseMediaType(request.get('content-type') ?? '')?.name === 'application/json';

function queryOf(request: Request): Readonly<Record<string, string>> {
  const { searchParams } = new URL(request.originalUrl, 'http://localhost');
  const query: Record<string, string> = Object.create(null);
  for (const [name, value] of searchParams) {
    if (name in query) {
      throw new FacematchError('validation', 'A parameter stands there twice.', {
        pointers: [`/${name}`],
        codes: ['twice'],
      });
    }
    query[name] = value;
  }
  return query;
}

function idempotencyKeyOf(request: Request): string | undefined {
  const key = request.get('idempotency-key');
  if (key === undefined || /^[\x21-\x7e]{1,255}$/.test(key)) return key;
  throw new FacematchError('validation', 'The idempotency key is not 1 to 255 visible ASCII characters.', {
    header: 'Idempotency-Key',
  });
}

/** Lets a caller send its body who asked first whether it may (RFC 9110 section 10.1.1). */
function invite(request: Request, response: Response): void {
  if (/^100-continue$/i.test(request.get('expect') ?? '')) response.writeContinue();
}
