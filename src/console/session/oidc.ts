import * as oauth from 'oauth4webapi';
import type { ConsoleConfig, Scope } from '../api/types.js';

type SignIn = NonNullable<ConsoleConfig['signIn']>;

/** Everything the console can do; the issuer grants what the person may, and their role bounds it at the service. */
const scopes: readonly Scope[] = [
  'comparisons:read',
  'comparisons:evidence',
  'comparisons:query',
  'comparisons:decide',
  'documents:read',
  'reviews:read',
  'reviews:work',
  'reviews:settle',
  'inquiries:read',
  'inquiries:write',
  'searches:request',
  'searches:approve',
  'searches:read',
  'reports:read',
  'mode:read',
  'mode:request',
  'mode:approve',
];

/** What has to be remembered between leaving for the issuer and coming back. */
export interface Pending {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

export interface Granted {
  readonly token: string;
  readonly expiresInSeconds: number;
}

/** Where the issuer sends people back to: the console itself, whatever path it is reached under. */
const redirectUri = (): string => new URL('.', window.location.href.replace(/[?#].*$/, '')).href;

/** Plain HTTP only to this very machine, as browsers themselves hold it. */
const isLoopback = (url: URL): boolean => ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);

const optionsFor = (issuer: URL) => ({ [oauth.allowInsecureRequests]: isLoopback(issuer) });

async function discover(signIn: SignIn): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(signIn.issuer);
  const response = await oauth.discoveryRequest(issuer, optionsFor(issuer));
  return oauth.processDiscoveryResponse(issuer, response);
}

/**
 * The address to send the person to, and what to remember. Authorization code with PKCE (RFC 7636); with `anew` the
 * issuer asks who they are though it knows somebody.
 */
export async function authorizationRequest(
  signIn: SignIn,
  prefix: string,
  anew: boolean,
): Promise<{ url: string; pending: Pending }> {
  const server = await discover(signIn);
  if (server.authorization_endpoint === undefined)
    throw new Error('The issuer has no authorization endpoint.');
  const pending = {
    state: `${prefix}${oauth.generateRandomState()}`,
    nonce: oauth.generateRandomNonce(),
    verifier: oauth.generateRandomCodeVerifier(),
  };
  const url = new URL(server.authorization_endpoint);
  const parameters = {
    client_id: signIn.clientId,
    redirect_uri: redirectUri(),
    response_type: 'code',
    scope: ['openid', ...scopes].join(' '),
    ...(signIn.resource !== null && { resource: signIn.resource }),
    state: pending.state,
    nonce: pending.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(pending.verifier),
    code_challenge_method: 'S256',
    ...(anew && { prompt: 'login' }),
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return { url: url.href, pending };
}

/**
 * Where the issuer ends its own session (OpenID Connect RP-Initiated Logout 1.0) and sends people back; undefined where it
 * has no such place. The client is named and no ID token is: addresses are kept in histories and logs.
 */
export async function endSessionAddress(signIn: SignIn): Promise<string | undefined> {
  const { end_session_endpoint: endpoint } = await discover(signIn);
  if (endpoint === undefined) return undefined;
  const url = new URL(endpoint);
  url.searchParams.set('client_id', signIn.clientId);
  url.searchParams.set('post_logout_redirect_uri', redirectUri());
  return url.href;
}

/** Exchanges the code in `address`, the page's own as the issuer called it. */
export async function finishAuthorization(signIn: SignIn, pending: Pending, address: URL): Promise<Granted> {
  const server = await discover(signIn);
  const client: oauth.Client = { client_id: signIn.clientId };
  const parameters = oauth.validateAuthResponse(server, client, address, pending.state);
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    oauth.None(),
    parameters,
    redirectUri(),
    pending.verifier,
    {
      ...optionsFor(new URL(signIn.issuer)),
      ...(signIn.resource !== null && { additionalParameters: { resource: signIn.resource } }),
    },
  );
  const result = await oauth.processAuthorizationCodeResponse(server, client, response, {
    expectedNonce: pending.nonce,
    requireIdToken: true,
  });
  return { token: result.access_token, expiresInSeconds: result.expires_in ?? 300 };
}
