import type { ConsoleConfig } from '../api/types.js';
import { type Language, preferredLanguage } from '../messages/language.js';
import { watchIdleness } from './idle.js';
import { authorizationRequest, endSessionAddress, finishAuthorization, type Granted } from './oidc.js';
import {
  awaitAnswer,
  cleanAddress,
  departure,
  handOver,
  isAnswer,
  renewalPrefix,
  wasSignedIn,
} from './returning.js';
import type { DevelopmentPerson, Me, SessionState } from './sessionState.js';

export type Session = ReturnType<typeof createSession>;

export async function readConsoleConfig(): Promise<ConsoleConfig> {
  const response = await fetch('config.json', { cache: 'no-store' });
  return (await response.json()) as ConsoleConfig;
}

/** Who is signed in. The token is held here, in memory, and nowhere else. */
export function createSession(config: ConsoleConfig) {
  let state: SessionState = { kind: 'signed-out' };
  let token = '';
  let language: Language = preferredLanguage();
  let inquiry: string | null = null;
  let developer: DevelopmentPerson | undefined;
  let expiry: number | undefined;
  let stopWaiting = () => {};
  let stopWatching = () => {};
  const listeners = new Set<() => void>();
  const waiting = new Set<() => void>();

  const become = (next: SessionState) => {
    state = next;
    for (const listener of listeners) listener();
  };

  const readMe = async (bearer: string): Promise<Me | undefined> => {
    const response = await fetch('../v1/me', {
      headers: {
        Authorization: `Bearer ${bearer}`,
        'Accept-Language': language,
        ...(inquiry !== null && { Inquiry: inquiry }),
      },
      cache: 'no-store',
    });
    return response.ok ? ((await response.json()) as Me) : undefined;
  };

  const expire = () => {
    token = '';
    if (state.kind === 'signed-in' && !state.expired) become({ ...state, expired: true });
  };

  const lock = () => {
    token = '';
    wasSignedIn.set(false);
    window.clearTimeout(expiry);
    if (state.kind === 'signed-in') become({ ...state, expired: true, locked: true });
  };

  /** Nothing of the person who was here stays. */
  const forget = (failure?: 'other-person') => {
    token = '';
    developer = undefined;
    inquiry = null;
    wasSignedIn.set(false);
    departure.take();
    window.clearTimeout(expiry);
    stopWaiting();
    stopWatching();
    waiting.clear();
    cleanAddress('');
    become({ kind: 'signed-out', ...(failure !== undefined && { failure }) });
  };

  const accept = async ({ token: granted, expiresInSeconds }: Granted) => {
    const me = await readMe(granted);
    if (me === undefined) return become({ kind: 'signed-out', failure: 'refused' });
    if (state.kind === 'signed-in' && state.me.person !== me.person) {
      // What one person left on the page is not for another.
      return forget('other-person');
    }
    token = granted;
    wasSignedIn.set(developer === undefined);
    window.clearTimeout(expiry);
    expiry = window.setTimeout(expire, expiresInSeconds * 1000);
    stopWatching();
    stopWatching = watchIdleness(config.idleMinutes * 60_000, lock);
    become({ kind: 'signed-in', me, expired: false, locked: false, renewalFailed: false });
    for (const resume of waiting) resume();
    waiting.clear();
  };

  const failed = () => {
    if (state.kind === 'signed-in') become({ ...state, expired: true, renewalFailed: true });
    else become({ kind: 'signed-out', failure: 'failed' });
  };

  const developmentToken = async (who: DevelopmentPerson): Promise<Granted> => {
    const response = await fetch('development/token', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(who),
    });
    if (!response.ok) throw new Error('The development sign-in was refused.');
    const answer = (await response.json()) as { access_token: string; expires_in: number };
    return { token: answer.access_token, expiresInSeconds: answer.expires_in };
  };

  const leave = async () => {
    if (config.signIn === null) return;
    const { url, pending } = await authorizationRequest(config.signIn, '', false);
    departure.keep(pending);
    window.location.assign(url);
  };

  return {
    config,
    state: () => state,
    token: () => token,
    language: () => language,
    inquiry: () => inquiry,
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },

    /** Takes up the issuer's answer, or the sign-in this tab had before it was loaded anew. */
    async start(): Promise<void> {
      const address = new URL(window.location.href);
      const again = wasSignedIn.take();
      if (isAnswer(address)) {
        if (address.searchParams.get('state')?.startsWith(renewalPrefix)) {
          handOver(address);
          return become({ kind: 'handed-over' });
        }
        const left = departure.take();
        cleanAddress(left?.place ?? '');
        if (left === undefined || config.signIn === null) return;
        await finishAuthorization(config.signIn, left.pending, address).then(accept).catch(failed);
        return;
      }
      if (again) await leave().catch(failed);
    },

    signIn: () => leave().catch(failed),

    async signInForDevelopment(who: DevelopmentPerson): Promise<void> {
      developer = who;
      await developmentToken(who).then(accept).catch(failed);
    },

    /** In a second window, so that nothing typed here is lost. Must be called in answer to a click. */
    async renew(): Promise<void> {
      if (developer !== undefined) return developmentToken(developer).then(accept).catch(failed);
      if (config.signIn === null) return;
      const { signIn } = config;
      const opened = window.open('about:blank', '_blank', 'popup,width=520,height=680');
      try {
        // Whoever finds a locked page has to show who they are, even where the issuer still knows somebody.
        const anew = state.kind === 'signed-in' && state.locked;
        const { url, pending } = await authorizationRequest(signIn, renewalPrefix, anew);
        stopWaiting();
        stopWaiting = awaitAnswer(pending.state, (address) => {
          finishAuthorization(signIn, pending, address).then(accept).catch(failed);
        });
        if (opened === null) return failed();
        opened.location.href = url;
      } catch {
        opened?.close();
        failed();
      }
    },

    /** Resolves once the token was renewed: for requests that were refused as unauthenticated. */
    renewed(): Promise<void> {
      expire();
      return new Promise((resolve) => waiting.add(resolve));
    },

    /** Here at once, then at the issuer, or the next click on this machine signs in again. */
    async signOut(): Promise<void> {
      const atIssuer = developer === undefined ? config.signIn : null;
      forget();
      if (atIssuer === null) return;
      const address = await endSessionAddress(atIssuer).catch(() => undefined);
      if (address === undefined) return become({ kind: 'signed-out', failure: 'issuer-kept' });
      window.location.assign(address);
    },

    /** The mode may change while somebody works; so may what an inquiry opens. */
    async refreshMe(): Promise<void> {
      if (state.kind !== 'signed-in' || state.expired) return;
      const me = await readMe(token).catch(() => undefined);
      if (me !== undefined && state.kind === 'signed-in') become({ ...state, me });
    },

    setLanguage(next: Language): void {
      language = next;
    },

    /** Requests from now on are made within this inquiry. */
    actWithin(id: string | null): void {
      inquiry = id;
    },
  };
}
