import type { Session } from '../session/session.js';
import { problemOf } from './problem.js';

/** The public API with the token of who is signed in. Every method throws `Problem` for what is refused. */
export interface Api {
  get<T>(path: string, signal?: AbortSignal): Promise<T>;
  post<T>(path: string, body: object): Promise<T>;
  postForm<T>(path: string, form: FormData): Promise<T>;
  /** Photos: never stored; the address must be revoked by who asked for it. */
  image(path: string, signal?: AbortSignal): Promise<string>;
}

/** Relative to the page at /console/, so that it also holds below a path of a reverse proxy. */
const addressOf = (path: string): string => `..${path}`;

export function createApi(session: Session): Api {
  const call = async (path: string, init: RequestInit): Promise<Response> => {
    // Ended or locked: nothing is asked in the name of who was here until they are back.
    if (session.token() === '') await session.renewed();
    const headers = new Headers(init.headers);
    headers.set('Accept-Language', session.language());
    headers.set('Authorization', `Bearer ${session.token()}`);
    const inquiry = session.inquiry();
    // Within an inquiry's own path the service takes it from there.
    if (inquiry !== null && !path.startsWith('/v1/inquiries')) headers.set('Inquiry', inquiry);
    const response = await fetch(addressOf(path), {
      ...init,
      headers,
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
    });
    if (response.status === 401) {
      // What was typed stays on the page, and the request is sent again once the person is back.
      await session.renewed();
      return call(path, init);
    }
    if (!response.ok) throw await problemOf(response);
    return response;
  };
  const json = async <T>(response: Promise<Response>): Promise<T> => (await (await response).json()) as T;
  const accept = { Accept: 'application/json' };
  return {
    get: (path, signal) => json(call(path, { headers: accept, ...(signal && { signal }) })),
    post: (path, body) =>
      json(
        call(path, {
          method: 'POST',
          headers: { ...accept, 'Content-Type': 'application/json' },
          body: JSON.stringify(body),
        }),
      ),
    postForm: (path, form) => json(call(path, { method: 'POST', headers: accept, body: form })),
    image: async (path, signal) => {
      const response = await call(path, { headers: { Accept: 'image/jpeg' }, ...(signal && { signal }) });
      return URL.createObjectURL(await response.blob());
    },
  };
}
