import { de } from './de.js';
import { en } from './en.js';
import { fr } from './fr.js';
import type { MessageKey, Messages } from './messages.js';
import { nl } from './nl.js';

export const languages = ['en', 'fr', 'nl', 'de'] as const;
export type Language = (typeof languages)[number];

const catalogues: Readonly<Record<Language, Messages>> = { en, fr, nl, de };
/** As dates and numbers are written in Belgium. */
const locales: Readonly<Record<Language, string>> = { en: 'en-GB', fr: 'fr-BE', nl: 'nl-BE', de: 'de-BE' };
const chosenKey = 'facematch.language';

export function preferredLanguage(): Language {
  const wanted = [localStorage.getItem(chosenKey) ?? '', ...navigator.languages];
  for (const tag of wanted) {
    const found = languages.find((language) => language === tag.slice(0, 2).toLowerCase());
    if (found !== undefined) return found;
  }
  return 'en';
}

export const keepLanguage = (language: Language): void => localStorage.setItem(chosenKey, language);

export type Values = Readonly<Record<string, string | number>>;

/** What a person reads, in one language. */
export interface Words {
  readonly language: Language;
  readonly locale: string;
  (key: MessageKey, values?: Values): string;
  number(value: number, digits?: number): string;
  percent(share: number): string;
  day(iso: string): string;
  moment(iso: string): string;
  duration(seconds: number): string;
}

export function wordsOf(language: Language): Words {
  const locale = locales[language];
  const catalogue = catalogues[language];
  const number = (value: number, digits = 0) =>
    new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(
      value,
    );
  const words = (key: MessageKey, values: Values = {}) =>
    catalogue[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
  return Object.assign(words, {
    language,
    locale,
    number,
    percent: (share: number) =>
      new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: share < 0.1 ? 2 : 1 }).format(
        share,
      ),
    day: (iso: string) =>
      new Intl.DateTimeFormat(locale, {
        day: 'numeric',
        month: 'short',
        year: 'numeric',
        timeZone: 'UTC',
      }).format(new Date(iso.slice(0, 10))),
    moment: (iso: string) =>
      new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(iso)),
    duration: (seconds: number) => durationOf(seconds, locale),
  });
}

/** In the largest unit that fits: a queue needs no seconds. */
function durationOf(seconds: number, locale: string): string {
  const [value, unit] =
    seconds < 3600
      ? [Math.max(0, Math.floor(seconds / 60)), 'minute']
      : seconds < 172_800
        ? [Math.floor(seconds / 3600), 'hour']
        : [Math.floor(seconds / 86_400), 'day'];
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short' }).format(value);
}
