import { type ReactNode, useEffect } from 'react';
import { Mark } from '../ui/Mark.js';
import { useApp, useMe } from './context.js';
import { doors } from './doors.js';
import { ModeBanner } from './ModeBanner.js';
import { type Preferences, PreferencesMenu } from './PreferencesMenu.js';
import { usePlace } from './route.js';

const refreshEveryMs = 60_000;

/** What stands around every page. */
export function Shell({
  preferences,
  children,
}: {
  readonly preferences: Preferences;
  readonly children: ReactNode;
}) {
  const { session, words, acting, actWithin } = useApp();
  const me = useMe();
  const { parts } = usePlace();
  const open = doors.filter(({ scope }) => me.may(scope));
  const here = parentOf(parts[0]) ?? open[0]?.path;
  useEffect(() => {
    const timer = window.setInterval(() => {
      if (!document.hidden) void session.refreshMe();
    }, refreshEveryMs);
    return () => window.clearInterval(timer);
  }, [session]);
  const place = parts.join('/');
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new page begins at its top.
  useEffect(() => {
    window.scrollTo(0, 0);
  }, [place]);
  return (
    <>
      {/* biome-ignore lint/a11y/useValidAnchor: it leads to a place of this page, whose hash names the page. */}
      <a className="skip" href="#main" onClick={skip}>
        {words('app.skip')}
      </a>
      <header className="top">
        <a className="brand" href="#/">
          <Mark />
          {words('app.name')}
        </a>
        <nav aria-label={words('nav.label')}>
          {open.map(({ path, label }) => (
            <a key={path} href={`#/${path}`} aria-current={here === path ? 'page' : undefined}>
              {words(label)}
            </a>
          ))}
        </nav>
        {acting !== null && (
          <div className="acting">
            <a href={`#/inquiries/${acting.inquiryId}`}>
              {words('within.label', { reference: acting.reference })}
            </a>
            <button
              type="button"
              className="bare"
              aria-label={words('within.leave')}
              title={words('within.leave')}
              onClick={() => actWithin(null)}
            >
              ×
            </button>
          </div>
        )}
        <div className="who">
          <span className="person">{me.person}</span>
          <span className="role">
            {me.role === null ? '' : words(`role.${me.role}`)}
            {me.office === null ? '' : ` · ${me.office}`}
          </span>
        </div>
        <PreferencesMenu preferences={preferences} onSignOut={() => void session.signOut()} />
      </header>
      <ModeBanner mode={me.mode} />
      <main id="main" tabIndex={-1}>
        {children}
      </main>
    </>
  );
}

function skip(event: React.MouseEvent): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}

function parentOf(page: string | undefined): string | undefined {
  if (page === 'reviews') return 'queue';
  if (page === 'searches') return 'inquiries';
  return page;
}
