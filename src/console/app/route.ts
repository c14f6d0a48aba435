import { useSyncExternalStore } from 'react';

/** Behind the hash, so that no id of a record reaches the server's log or another page as a referrer. */
export interface Place {
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
}

const listen = (changed: () => void) => {
  window.addEventListener('hashchange', changed);
  return () => window.removeEventListener('hashchange', changed);
};

export function usePlace(): Place {
  const hash = useSyncExternalStore(listen, () => window.location.hash);
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  return { parts: path.split('/').filter((part) => part !== ''), query: new URLSearchParams(query) };
}

export function go(path: string): void {
  window.location.hash = path;
}

/** Without an entry of its own in the history. */
export function goQuietly(path: string): void {
  window.location.replace(`#${path}`);
}
