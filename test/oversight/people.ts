import type { RoleName } from '../../src/oversight/roles.js';
import { roleOf } from '../../src/oversight/roles.js';
import type { TestService } from '../support/service.js';

/** A service that is called, and whose tokens can be made. */
type Place = Pick<TestService, 'url' | 'token'>;

export interface Answer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T & { type?: string };
  readonly text: string;
}

/** Opens an inquiry with these members as a supervisor does; its id. */
export async function openInquiry(
  service: Place,
  members: readonly string[],
  more: { reference?: string; endsAt?: string } = {},
): Promise<string> {
  const supervisor = await personIn(service, 'supervisor', { person: 'supervisor-of-inquiries' });
  const { status, body } = await supervisor.post<{ inquiryId: string }>('/v1/inquiries', {
    reference: 'INQ-7',
    ground: 'Wet van 10 februari 2015',
    purpose: 'Two passports, one face',
    members,
    endsAt: new Date(Date.now() + 30 * 24 * 3_600_000).toISOString(),
    ...more,
  });
  if (status !== 201) throw new Error(`The inquiry was not opened: ${status}`);
  return body.inquiryId;
}

/**
 * Somebody with a token of their role, calling the service over HTTP; within an inquiry of their own where the role acts
 * in one only and none is given.
 */
export async function personIn(
  service: Place,
  role: RoleName,
  claims: { person?: string; office?: string; inquiry?: string } = {},
) {
  const all = { person: `${role}-1`, office: 'gent', ...claims };
  const { needs } = roleOf(role);
  const acts = (need: 'office' | 'inquiry') => (needs as readonly string[]).includes(need);
  const inquiry = claims.inquiry ?? (acts('inquiry') ? await openInquiry(service, [all.person]) : undefined);
  const who = { role, person: all.person, ...(acts('office') && { office: all.office }) };
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
        ...(inquiry !== undefined && { inquiry }),
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
    inquiry,
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
