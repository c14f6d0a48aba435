import { useApp } from '../app/context.js';
import { Dialog } from '../ui/Dialog.js';
import { Note } from '../ui/Note.js';

/** Stands over the page, which keeps what was typed on it. */
export function SessionEnded({ failed, locked }: { readonly failed: boolean; readonly locked: boolean }) {
  const { session, words } = useApp();
  return (
    <Dialog title={words(locked ? 'session.lockedTitle' : 'session.expiredTitle')}>
      {locked && <p>{words('session.lockedText', { minutes: session.config.idleMinutes })}</p>}
      <p>{words('session.expiredText')}</p>
      {failed && <Note kind="refusal">{words('session.renewalFailed')}</Note>}
      <div className="actions">
        <button type="button" className="primary" onClick={() => void session.renew()}>
          {words('session.signIn')}
        </button>
        <button type="button" onClick={() => void session.signOut()}>
          {words('session.signOut')}
        </button>
      </div>
    </Dialog>
  );
}
