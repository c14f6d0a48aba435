import { randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../../clock.js';
import type { Config } from '../../config.js';
import { FacematchError } from '../../errors.js';
import { languages } from '../../oversight/caller.js';
import { roleNames, roleOf } from '../../oversight/roles.js';
import { text } from '../../records/text.js';
import { validated } from '../../records/validation.js';
import { type ConsoleFiles, readConsoleFiles } from '../consoleFiles.js';
import { consolePolicy } from '../consolePolicy.js';
import { issueToken, openTokenKey } from '../devToken.js';
import { readJsonBody } from '../jsonBody.js';
import type { OpenRoute } from '../route.js';

/** What the console has to know before anybody signs in. */
export interface ConsoleConfig {
  /** Null where the only way in is the development sign-in. */
  readonly signIn: {
    /** OpenID Connect discovery starts here. */
    readonly issuer: string;
    readonly clientId: string;
    /** RFC 8707; null where the audience is no URI. */
    readonly resource: string | null;
  } | null;
  readonly development: boolean;
  /** Minutes without a touch after which a page locks itself. */
  readonly idleMinutes: number;
  readonly languages: readonly string[];
}

const tokenRequestSchema = z.strictObject({
  person: text(100),
  role: z.enum(roleNames),
  office: text(100).optional(),
});
const developmentTokenSeconds = 3600;
const tokenRequestBytes = 4096;

/** The pages at /console; none of them holds data: those come from the API, with the token of who looks. */
export function consoleRoutes(config: Config, clock: Clock): OpenRoute[] {
  const files = readConsoleFiles();
  if (files === undefined) return [];
  const { issuer, jwksUrl } = config.token;
  // Tokens of the local key are worth something only where the service verifies with that key.
  const development = config.mode === 'development' && jwksUrl === undefined;
  return [
    ...pageRoutes(files, consolePolicy(jwksUrl === undefined ? undefined : issuer)),
    {
      id: 'console.config',
      method: 'get',
      path: '/console/config.json',
      tag: 'Console',
      summary: 'How to sign in to the console',
      responses: { 200: { description: 'Issuer, client and languages' } },
      problems: [],
      handler: () => ({
        status: 200,
        body: consoleConfig(config, development),
      }),
    },
    ...(development ? [developmentTokenRoute(config, clock)] : []),
  ];
}

function pageRoutes(files: ConsoleFiles, policy: string): OpenRoute[] {
  const shared = {
    method: 'get',
    tag: 'Console',
    problems: [],
  } as const;
  return [
    {
      ...shared,
      id: 'console.redirect',
      path: '/console',
      summary: 'Leads to the console',
      responses: { 302: { description: 'Relative, so that it holds below a path of a reverse proxy' } },
      handler: () => ({ status: 302, headers: { Location: 'console/' } }),
    },
    {
      ...shared,
      id: 'console.page',
      path: '/console/',
      summary: 'The console',
      responses: { 200: { description: 'The page', contentType: 'text/html' } },
      handler: () => ({
        status: 200,
        headers: {
          'Content-Type': 'text/html; charset=utf-8',
          'Content-Security-Policy': policy,
        },
        body: files.page,
      }),
    },
    {
      ...shared,
      id: 'console.asset',
      path: '/console/assets/{file}',
      summary: 'A script or style sheet of the console',
      responses: { 200: { description: 'The file; its name holds a hash of it', contentType: '*/*' } },
      problems: ['not-found'],
      handler({ request }) {
        const asset = files.assets.get(String(request.params['file']));
        if (asset === undefined) throw new FacematchError('not-found', 'There is no such file.');
        const headers = {
          'Content-Type': asset.type,
          'Cache-Control': 'public, max-age=31536000, immutable',
        };
        return { status: 200, headers, body: asset.bytes };
      },
    },
  ];
}

function consoleConfig(
  { token, console: { clientId, idleMinutes } }: Config,
  development: boolean,
): ConsoleConfig {
  const { issuer, audience, jwksUrl } = token;
  const reachable = clientId !== undefined && issuer !== undefined && jwksUrl !== undefined;
  return {
    signIn: reachable ? { issuer, clientId, resource: URL.canParse(audience) ? audience : null } : null,
    development,
    idleMinutes,
    languages,
  };
}

/** A token for whoever asks: only where the service runs for development, with its local key. */
function developmentTokenRoute(config: Config, clock: Clock): OpenRoute {
  return {
    id: 'console.developmentToken',
    method: 'post',
    path: '/console/development/token',
    tag: 'Console',
    summary: 'A token of the local key for a person and a role (development mode)',
    responses: { 200: { description: 'The token' } },
    problems: ['validation', 'not-found'],
    async handler({ request }) {
      // A name that somebody points at this machine would make their page one of ours (DNS rebinding).
      if (!isMachine(request.get('host'))) throw new FacematchError('not-found', 'Not under this name.');
      const document = await readJsonBody(request, tokenRequestBytes);
      const { person, role, office } = validated(tokenRequestSchema, document, 'request');
      const key = await openTokenKey(resolve(config.token.keyFile));
      const token = await issueToken(
        key,
        {
          issuer: config.token.issuer ?? '',
          audience: config.token.audience,
          client: 'console-development',
          subject: randomUUID(),
          person,
          role,
          office,
          scopes: roleOf(role).scopes,
          lifetimeSeconds: developmentTokenSeconds,
        },
        clock,
      );
      return {
        status: 200,
        body: { access_token: token, token_type: 'Bearer', expires_in: developmentTokenSeconds },
      };
    },
  };
}

const isMachine = (host = ''): boolean => {
  const { hostname } = URL.canParse(`http://${host}`) ? new URL(`http://${host}`) : { hostname: '' };
  return hostname === 'localhost' || isIP(hostname.replace(/^\[|\]$/g, '')) !== 0;
};
