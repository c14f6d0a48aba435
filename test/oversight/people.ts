import type { RoleName } from '../../src/oversight/roles.js';
import { roleOf } from '../../src/oversight/roles.js';
import type { TestService } from '../support/service.js';

export interface Answer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T & { type?: string };
  readonly text: string;
}

/** Somebody with a token of their role, calling the service over HTTP. */
export async function personIn(
  service: TestService,
  role: RoleName,
  claims: { person?: string; office?: string; inquiry?: string } = {},
) {
  const all = { person: `${role}-1`, office: 'gent', inquiry: 'INQ-7', ...claims };
  const { needs } = roleOf(role);
  const who = { role, person: all.person, ...Object.fromEntries(needs.map((name) => [name, all[name]])) };
  const token = await service.token(roleOf(role).scopes, who);
  const call = async <T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: object | FormData,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> => {
    const json = body !== undefined && !(body instanceof FormData);
    const response = await fetch(service.url + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(json && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: json ? JSON.stringify(body) : (body as FormData) }),
    });
    const text = await response.text();
    const isJson = (response.headers.get('content-type') ?? '').includes('json');
    return {
      status: response.status,
      headers: response.headers,
      body: (isJson ? JSON.parse(text) : {}) as T & { type?: string },
      text,
    };
  };
  return {
    token,
    get: <T>(path: string, headers?: Record<string, string>) => call<T>('GET', path, undefined, headers),
    post: <T>(path: string, body: object, headers?: Record<string, string>) =>
      call<T>('POST', path, body, headers),
    patch: <T>(path: string, body: object | FormData) => call<T>('PATCH', path, body),
  };
}

export function formOf(part: string, value: unknown, images: Record<string, Uint8Array> = {}): FormData {
  const form = new FormData();
  form.append(part, new Blob([JSON.stringify(value)], { type: 'application/json' }));
  for (const [name, bytes] of Object.entries(images)) {
    form.append(name, new Blob([new Uint8Array(bytes)]), name);
  }
  return form;
}
