import type { Language } from '../oversight/caller.js';
import type { Catalogue, MessageKey } from './catalogue.js';
import { de } from './de.js';
import { en } from './en.js';
import { fr } from './fr.js';
import { nl } from './nl.js';

export type { MessageKey } from './catalogue.js';

export const catalogues: Readonly<Record<Language, Catalogue>> = { en, fr, nl, de };

/** Limits and counts that a text may name; facts of other kinds are ignored, so that no input reaches a text. */
export type TextFacts = Readonly<Record<string, unknown>>;

/** The text of `key` in `language`, with the numbers among `facts` in their places. */
export function text(language: Language, key: MessageKey, facts: TextFacts = {}): string {
  return catalogues[language][key].replace(/\[([^\]]*)\]/g, (_, stretch: string) =>
    fill(stretch, facts, language),
  );
}

function fill(stretch: string, facts: TextFacts, language: Language): string {
  let complete = true;
  const filled = stretch.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = Object.hasOwn(facts, name) ? facts[name] : undefined;
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      complete = false;
      return '';
    }
    return new Intl.NumberFormat(language).format(value);
  });
  return complete ? filled : '';
}
