import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { loadConfig } from '../config.js';
import { FacematchError } from '../errors.js';

/** How a command reaches a running service. */
export interface Connection {
  readonly url?: string;
  readonly tokenFile: string;
}

export const connectionOptions = (command: Command): Command =>
  command
    .option('--url <url>', 'address of the service; default the configured host and port')
    .requiredOption('--token-file <file>', 'file with your own bearer token');

/** @throws FacematchError `input-invalid` with what the service answered, or that it does not */
export async function callService(
  connection: Connection,
  method: 'GET' | 'POST',
  path: string,
  body?: object,
): Promise<unknown> {
  const { http } = loadConfig(process.env);
  const base = connection.url ?? `http://${http.host}:${http.port}`;
  const token = await readFile(connection.tokenFile, 'utf8').catch(() => {
    throw new FacematchError('input-invalid', 'The file of the token cannot be read.');
  });
  const response = await fetch(`${base}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token.trim()}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new FacematchError('input-invalid', `The service does not answer at ${base}.`);
  });
  const answer = (await response.json()) as { title?: string; detail?: string };
  if (response.ok) return answer;
  throw new FacematchError('input-invalid', `${answer.title ?? response.status}: ${answer.detail ?? ''}`);
}
