import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ErrorCode, errorCodes, FacematchError } from '../errors.js';
import type { Destination, Enrolment } from './enrol.js';

/** Through a running service, as the transfer system does. The token is read again when it has expired. */
export function httpDestination(url: string, tokenFile: string): Destination {
  const address = new URL('/v1/documents', url);
  let token: Promise<string> | undefined;
  const post = async (enrolment: Enrolment): Promise<Response> => {
    token ??= readToken(tokenFile);
    const headers = { authorization: `Bearer ${await token}` };
    return fetch(address, { method: 'POST', headers, body: formOf(enrolment) }).catch((cause) => {
      throw new FacematchError('store-unavailable', 'The service does not answer.', {}, { cause });
    });
  };
  return {
    async transfer(enrolment) {
      let response = await post(enrolment);
      if (response.status === 401) {
        await response.body?.cancel();
        token = undefined;
        response = await post(enrolment);
      }
      const body: unknown = await response.json().catch(() => ({}));
      if (!response.ok) {
        const error = errorOf(response.status, body);
        if (error.code === 'busy' || error.code === 'rate-limited')
          await sleep(1000 * (Number(response.headers.get('retry-after')) || 1));
        throw error;
      }
      return { created: response.status === 201, embedding: String(field(body, 'embedding')) };
    },
  };
}

async function readToken(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (cause) {
    throw new FacematchError('invalid-token', `The token file ${file} cannot be read.`, {}, { cause });
  }
}

function formOf({ record, photo, signature }: Enrolment): FormData {
  const form = new FormData();
  form.append('record', new Blob([JSON.stringify(record)], { type: 'application/json' }));
  form.append('photo', new Blob([new Uint8Array(photo.bytes)]), 'photo');
  if (signature) form.append('signature', new Blob([new Uint8Array(signature.bytes)]), 'signature');
  return form;
}

/** The problem document as the error it was made from; what is none is the service's own failure. */
function errorOf(status: number, problem: unknown): FacematchError {
  const name = String(field(problem, 'type')).replace('/problems/', '');
  const code: ErrorCode = errorCodes.find((candidate) => candidate === name) ?? 'internal';
  const errors = field(problem, 'errors');
  const faults = Array.isArray(errors) ? errors : [];
  return new FacematchError(code, `The service answered ${status}.`, {
    status,
    pointers: faults.map((fault) => String(field(fault, 'pointer') ?? '')),
    codes: faults.map((fault) => String(field(fault, 'code') ?? '')),
  });
}

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
