import { resolve } from 'node:path';
import { type Clock, systemClock } from '../clock.js';
import type { Config } from '../config.js';
import { FacematchError } from '../errors.js';
import { issueToken, openTokenKey, type TokenRequest } from '../http/devToken.js';

/**
 * A token of the local key, which is made on first use.
 *
 * @throws FacematchError `config-invalid` outside development mode
 */
export async function localToken(
  { mode, token }: Config,
  request: Omit<TokenRequest, 'issuer' | 'audience'>,
  clock: Clock = systemClock,
): Promise<string> {
  const { issuer, audience, keyFile } = token;
  if (mode !== 'development' || issuer === undefined) {
    throw new FacematchError(
      'config-invalid',
      'Local tokens are for development: set FACEMATCH_MODE=development.',
    );
  }
  return issueToken(await openTokenKey(resolve(keyFile)), { issuer, audience, ...request }, clock);
}
