import { createContext, useContext, useSyncExternalStore } from 'react';
import type { Api } from '../api/client.js';
import type { Inquiry, Scope } from '../api/types.js';
import type { Words } from '../messages/language.js';
import type { Session } from '../session/session.js';
import type { Me } from '../session/sessionState.js';

export interface AppContext {
  readonly session: Session;
  readonly api: Api;
  readonly words: Words;
  /** The inquiry that requests are made within. */
  readonly acting: Pick<Inquiry, 'inquiryId' | 'reference'> | null;
  actWithin(inquiry: Pick<Inquiry, 'inquiryId' | 'reference'> | null): void;
  readonly shortcuts: boolean;
}

export const Context = createContext<AppContext | null>(null);

export function useApp(): AppContext {
  const value = useContext(Context);
  if (value === null) throw new Error('Outside of the application.');
  return value;
}

export const useWords = (): Words => useApp().words;
export const useApi = (): Api => useApp().api;

export function useSessionState(session: Session) {
  return useSyncExternalStore(session.subscribe, session.state);
}

/** Who is signed in; only below a page that shows to nobody else. */
export function useMe(): Me & { may(scope: Scope): boolean } {
  const { session } = useApp();
  const state = useSessionState(session);
  if (state.kind !== 'signed-in') throw new Error('Nobody is signed in.');
  const { me } = state;
  return { ...me, may: (scope) => me.scopes.includes(scope) };
}
