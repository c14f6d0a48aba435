import { useEffect } from 'react';
import { useApp } from '../app/context.js';
import { type Preferences, PreferencesMenu } from '../app/PreferencesMenu.js';
import type { MessageKey } from '../messages/messages.js';
import { Mark } from '../ui/Mark.js';
import { Note } from '../ui/Note.js';
import { DevelopmentSignIn } from './DevelopmentSignIn.js';
import type { SessionState } from './sessionState.js';

const failures = {
  refused: 'session.refused',
  failed: 'session.failed',
  'other-person': 'session.otherPerson',
  'issuer-kept': 'session.issuerKept',
} as const satisfies Readonly<Record<string, MessageKey>>;

export function SignIn({
  state,
  preferences,
}: {
  readonly state: Exclude<SessionState, { kind: 'signed-in' }>;
  readonly preferences: Preferences;
}) {
  const { session, words } = useApp();
  const { signIn, development } = session.config;
  useEffect(() => {
    document.title = words('app.name');
  }, [words]);
  return (
    <main className="door">
      <div className="door-card">
        <div className="door-head">
          <span className="brand">
            <Mark />
            {words('app.name')}
          </span>
          <PreferencesMenu preferences={preferences} />
        </div>
        {state.kind === 'handed-over' ? (
          <h1>{words('session.handedOver')}</h1>
        ) : (
          <>
            <h1>{words('session.title')}</h1>
            <p>{words('session.intro')}</p>
            {state.failure !== undefined && <Note kind="refusal">{words(failures[state.failure])}</Note>}
            {signIn !== null && (
              <button type="button" className="primary wide" onClick={() => void session.signIn()}>
                {words('session.signIn')}
              </button>
            )}
            {signIn === null && !development && <Note>{words('session.none')}</Note>}
            {development && <DevelopmentSignIn />}
          </>
        )}
      </div>
    </main>
  );
}
