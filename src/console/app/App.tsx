import { useEffect, useMemo, useState } from 'react';
import type { Api } from '../api/client.js';
import type { Inquiry } from '../api/types.js';
import { keepLanguage, type Language, wordsOf } from '../messages/language.js';
import { SessionEnded } from '../session/SessionEnded.js';
import { SignIn } from '../session/SignIn.js';
import type { Session } from '../session/session.js';
import { Context, useSessionState } from './context.js';
import { Pages } from './Pages.js';
import { Shell } from './Shell.js';
import { useShortcutSetting } from './shortcuts.js';

export function App({ session, api }: { readonly session: Session; readonly api: Api }) {
  const state = useSessionState(session);
  const [language, setLanguage] = useState<Language>(session.language());
  const [acting, setActing] = useState<Pick<Inquiry, 'inquiryId' | 'reference'> | null>(null);
  const [shortcuts, setShortcuts] = useShortcutSetting();
  const words = useMemo(() => wordsOf(language), [language]);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  useEffect(() => {
    if (state.kind !== 'signed-in') setActing(null);
  }, [state.kind]);

  const value = {
    session,
    api,
    words,
    acting,
    actWithin: (inquiry: typeof acting) => {
      session.actWithin(inquiry?.inquiryId ?? null);
      setActing(inquiry);
      void session.refreshMe();
    },
    shortcuts,
  };
  const choose = (next: Language) => {
    keepLanguage(next);
    session.setLanguage(next);
    setLanguage(next);
  };
  const preferences = { language, setLanguage: choose, shortcuts, setShortcuts };
  return (
    <Context.Provider value={value}>
      {state.kind === 'signed-in' ? (
        <>
          <div hidden={state.locked}>
            <Shell preferences={preferences}>
              <Pages />
            </Shell>
          </div>
          {state.expired && (
            // A new one where it was locked meanwhile: a dialog inside the page may have come to stand over it.
            <SessionEnded key={String(state.locked)} failed={state.renewalFailed} locked={state.locked} />
          )}
        </>
      ) : (
        <SignIn state={state} preferences={preferences} />
      )}
    </Context.Provider>
  );
}
