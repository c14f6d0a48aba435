import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import Provider, { type AccessToken, type Context } from 'oidc-provider';
import { type RoleName, roleOf } from '../../src/oversight/roles.js';
import { scopes } from '../../src/oversight/scopes.js';

export interface Person {
  readonly role: RoleName;
  readonly office?: string;
  /** Seconds a token of theirs lives; an hour unless given. */
  readonly tokenSeconds?: number;
}

export interface Issuer {
  readonly url: string;
  readonly jwksUrl: string;
  readonly audience: string;
  readonly clientId: string;
  /** From now on the console at this address may send people here. */
  register(console: string): void;
  /** A token as systems get one, without a browser. */
  token(person: string, claims: Person): Promise<string>;
  close(): Promise<void>;
}

const clientId = 'facematch-console';
const audience = 'https://facematch.test/api';
const everything = Object.keys(scopes).join(' ');

/** A real OpenID provider (oidc-provider) on the loopback, which knows these people and asks for no password. */
export async function startIssuer(people: Readonly<Record<string, Person>>): Promise<Issuer> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const key = { ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig', kid: 'test' };
  let handle: (request: IncomingMessage, response: ServerResponse) => void = (_request, response) =>
    response.writeHead(503).end();
  const server = createServer((request, response) => handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const configure = (redirectUris: readonly string[]) => {
    const provider = new Provider(url, {
      clients: [
        {
          client_id: clientId,
          redirect_uris: redirectUris,
          post_logout_redirect_uris: redirectUris,
          token_endpoint_auth_method: 'none',
          grant_types: ['authorization_code'],
          response_types: ['code'],
          id_token_signed_response_alg: 'ES256',
        },
      ],
      pkce: { required: () => true },
      clientBasedCORS: (_context: Context, origin: string) =>
        redirectUris.some((uri) => new URL(uri).origin === origin),
      cookies: { keys: [randomBytes(16).toString('hex')] },
      jwks: { keys: [key] },
      features: {
        devInteractions: { enabled: false },
        rpInitiatedLogout: { enabled: true, logoutSource },
        resourceIndicators: {
          enabled: true,
          getResourceServerInfo: () => ({
            scope: everything,
            audience,
            accessTokenFormat: 'jwt',
            jwt: { sign: { alg: 'ES256' } },
          }),
        },
      },
      ttl: {
        AccessToken: (_context: Context, { accountId = '' }: AccessToken) =>
          people[accountId]?.tokenSeconds ?? 3600,
        IdToken: 3600,
        Session: 3600,
        Interaction: 600,
        Grant: 3600,
        AuthorizationCode: 60,
      },
      findAccount: (_context: Context, id: string) =>
        people[id] && { accountId: id, claims: () => ({ sub: id }) },
      extraTokenClaims: (_context: Context, { accountId = '' }: AccessToken) => {
        const { role, office } = people[accountId] ?? {};
        return { person: accountId, role, ...(office !== undefined && { office }) };
      },
      async loadExistingGrant({ oidc }: Context) {
        const grant = new provider.Grant({
          accountId: oidc.session?.accountId,
          clientId: oidc.client?.clientId,
        });
        grant.addOIDCScope('openid');
        grant.addResourceScope(audience, everything);
        await grant.save();
        return grant;
      },
      interactions: { url: () => '/sign-in' },
    });
    const answer = provider.callback();
    handle = (request, response) => {
      if (!request.url?.startsWith('/sign-in')) return answer(request, response);
      signIn(provider, people, request, response).catch(() => response.writeHead(500).end());
    };
  };

  configure([`${url}/nobody`]);
  return {
    url,
    jwksUrl: `${url}/jwks`,
    audience,
    clientId,
    register: (console) => configure([console]),
    token: (person, { role, office }) =>
      new SignJWT({
        client_id: 'test-system',
        scope: roleOf(role).scopes.join(' '),
        person,
        role,
        ...(office !== undefined && { office }),
      })
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'test' })
        .setIssuer(url)
        .setAudience(audience)
        .setSubject(person)
        .setIssuedAt()
        .setExpirationTime('10m')
        .sign(privateKey),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** The page of the provider that asks whether to end its session: without an ID token it has to. */
function logoutSource(context: Context, form: string): void {
  context.body = `<!doctype html><html lang="en"><title>Sign out</title><h1>Issuer</h1>
${form}<button form="op.logoutForm" name="logout" value="yes">End the session</button></html>`;
}

/** The page of the provider where a person says who they are. */
async function signIn(
  provider: Provider,
  people: Readonly<Record<string, Person>>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method === 'POST') {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const accountId = new URLSearchParams(Buffer.concat(chunks).toString()).get('person') ?? '';
    if (people[accountId] === undefined) return void response.writeHead(403).end('unknown');
    return provider.interactionFinished(request, response, { login: { accountId } });
  }
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' });
  response.end(
    `<!doctype html><html lang="en"><title>Sign in</title><h1>Issuer</h1>
<form method="post"><label>Person <input name="person" autofocus></label><button>Sign in</button></form></html>`,
  );
}
