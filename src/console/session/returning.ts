import type { Pending } from './oidc.js';

/** Marks a sign-in of a second window, made for a page that waits with what was typed on it. */
export const renewalPrefix = 'again.';
const pendingKey = 'facematch.sign-in';
const signedInKey = 'facematch.signed-in';
const channelName = 'facematch.sign-in';

/** Between leaving for the issuer and coming back; a place of this tab alone, and never a token. */
export const departure = {
  keep(pending: Pending): void {
    const place = window.location.hash;
    sessionStorage.setItem(pendingKey, JSON.stringify({ pending, place }));
  },
  take(): { pending: Pending; place: string } | undefined {
    const text = sessionStorage.getItem(pendingKey);
    sessionStorage.removeItem(pendingKey);
    return text === null ? undefined : (JSON.parse(text) as { pending: Pending; place: string });
  },
};

/** That this tab was signed in: a page loaded anew then goes straight to the issuer, once. */
export const wasSignedIn = {
  set(value: boolean): void {
    if (value) sessionStorage.setItem(signedInKey, '1');
    else sessionStorage.removeItem(signedInKey);
  },
  take(): boolean {
    const value = sessionStorage.getItem(signedInKey) !== null;
    sessionStorage.removeItem(signedInKey);
    return value;
  },
};

/** The address without the issuer's answer, so that a reload does not send it again. */
export function cleanAddress(place: string): void {
  window.history.replaceState(null, '', `${window.location.pathname}${place}`);
}

export const isAnswer = (address: URL): boolean =>
  address.searchParams.has('state') &&
  (address.searchParams.has('code') || address.searchParams.has('error'));

/** The second window hands the issuer's answer to the page that waits for it, and closes. */
export function handOver(address: URL): void {
  const channel = new BroadcastChannel(channelName);
  channel.postMessage(address.search);
  channel.close();
  cleanAddress('');
  window.close();
}

export function awaitAnswer(state: string, answered: (address: URL) => void): () => void {
  const channel = new BroadcastChannel(channelName);
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    const address = new URL(window.location.href);
    address.search = String(data);
    if (address.searchParams.get('state') !== state) return;
    channel.close();
    answered(address);
  };
  return () => channel.close();
}
