import { useEffect, useRef, useState } from 'react';
import { type Language, languages } from '../messages/language.js';
import { useWords } from './context.js';
import { ShortcutList } from './ShortcutList.js';
import { themes, useTheme } from './theme.js';

export interface Preferences {
  readonly language: Language;
  setLanguage(language: Language): void;
  readonly shortcuts: boolean;
  setShortcuts(on: boolean): void;
}

const names: Readonly<Record<Language, string>> = {
  en: 'English',
  fr: 'Français',
  nl: 'Nederlands',
  de: 'Deutsch',
};

export function PreferencesMenu({
  preferences,
  onSignOut,
}: {
  readonly preferences: Preferences;
  readonly onSignOut?: () => void;
}) {
  const { language, setLanguage, shortcuts, setShortcuts } = preferences;
  const words = useWords();
  const [theme, setTheme] = useTheme();
  const [open, setOpen] = useState(false);
  const [listed, setListed] = useState(false);
  const menu = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    const away = (event: Event) => {
      if (event.target instanceof Node && menu.current?.contains(event.target)) return;
      setOpen(false);
    };
    const leave = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      setOpen(false);
      menu.current?.querySelector('button')?.focus();
    };
    window.addEventListener('pointerdown', away);
    window.addEventListener('keydown', leave);
    return () => {
      window.removeEventListener('pointerdown', away);
      window.removeEventListener('keydown', leave);
    };
  }, [open]);
  return (
    <div className="preferences" ref={menu}>
      <label>
        <span className="visually-hidden">{words('settings.language')}</span>
        <select
          value={language}
          onChange={({ target }) => setLanguage(languages.find((one) => one === target.value) ?? 'en')}
        >
          {languages.map((one) => (
            <option key={one} value={one} lang={one}>
              {names[one]}
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        aria-expanded={open}
        aria-label={words('settings.theme')}
        title={words('settings.theme')}
        onClick={() => setOpen(!open)}
      >
        ⚙
      </button>
      {open && (
        <div className="menu">
          <fieldset>
            <legend>{words('settings.theme')}</legend>
            {themes.map((one) => (
              <label key={one} className="choice">
                <input type="radio" name="theme" checked={theme === one} onChange={() => setTheme(one)} />
                {words(`settings.theme.${one}`)}
              </label>
            ))}
          </fieldset>
          <fieldset>
            <legend>{words('settings.shortcuts')}</legend>
            <label className="choice">
              <input
                type="checkbox"
                checked={shortcuts}
                onChange={({ target }) => setShortcuts(target.checked)}
              />
              {words('settings.shortcuts.on')}
            </label>
            <button type="button" className="link" onClick={() => setListed(true)}>
              {words('keys.help')}
            </button>
          </fieldset>
          {onSignOut !== undefined && (
            <button type="button" onClick={onSignOut}>
              {words('session.signOut')}
            </button>
          )}
        </div>
      )}
      {listed && <ShortcutList onClose={() => setListed(false)} />}
    </div>
  );
}
