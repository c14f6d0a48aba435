import { useEffect, useRef, useState } from 'react';
import { useApp } from './context.js';

const key = 'facematch.shortcuts';

/** Single keys can be switched off, for who speaks to the computer or strays onto keys (WCAG 2.1.4). */
export function useShortcutSetting(): [boolean, (on: boolean) => void] {
  const [on, setOn] = useState(() => localStorage.getItem(key) !== 'off');
  useEffect(() => {
    localStorage.setItem(key, on ? 'on' : 'off');
  }, [on]);
  return [on, setOn];
}

const typing = 'input:not([type=radio]):not([type=checkbox]):not([type=range]), textarea, select';

/** Calls what belongs to a single key, wherever the focus is but in a field that takes text. */
export function useShortcuts(actions: Readonly<Record<string, (() => void) | undefined>>): void {
  const { shortcuts } = useApp();
  const latest = useRef(actions);
  latest.current = actions;
  useEffect(() => {
    if (!shortcuts) return;
    const pressed = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (event.target instanceof Element && event.target.matches(typing)) return;
      if (document.querySelector('dialog[open]') !== null) return;
      const name = event.key.toLowerCase();
      const action = Object.hasOwn(latest.current, name) ? latest.current[name] : undefined;
      if (action === undefined) return;
      event.preventDefault();
      action();
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  }, [shortcuts]);
}
