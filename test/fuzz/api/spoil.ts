/** Where and how a document is spoilt, as numbers, so that a generator can shrink it. */
export interface Spoil {
  readonly kind: SpoilKind;
  /** Which of the places in the document. */
  readonly at: number;
  /** Which of the variants. */
  readonly variant: number;
}

type Container = Record<string, unknown> | unknown[];
interface Place {
  readonly holder: Container;
  readonly key: string | number;
}

/** Stands for a piece of text that `JSON.stringify` would not write. */
const rawMark = '\u0001raw\u0001';

const otherTypes: readonly unknown[] = [null, true, 0, -1, 1.5, '', 'x', [], {}, [[]], [null], { a: {} }];
const oddTexts: readonly string[] = [
  '\0',
  'a\0b',
  '\ud800',
  'x\udc00',
  '\ufffd',
  '\u202eabc',
  'two\nlines',
  ' a ',
  '\t',
  '\u2028',
  'e\u0301'.repeat(200),
  "' OR 1=1 --",
  '../../etc/passwd',
  '$' + '{7*7}',
  '<script>',
  '%00',
  '%zz',
  'null',
  'NaN',
  '__proto__',
  'constructor',
  '9999-99-99',
  '0000-00-00',
  '2024-02-30',
  '+275760-09-13T00:00:00.001Z',
  '-000001-01-01',
  '1e9999',
  '\u{1f9d1}'.repeat(30),
  '\u0660\u0661',
];
const oddNumbers = [
  '9007199254740993',
  '1e400',
  '-1e400',
  '1e-400',
  '-0',
  '1.0',
  '0x10',
  '00',
  'NaN',
  'Infinity',
  '.5',
  '1.',
  '1e5',
  '4294967296',
  '-9007199254740993',
  '0.1e1',
];
const oddNames = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '',
  '?',
  'a/b~c',
  'admin',
  'zq0Plant',
  'zq1Plant ',
  'x'.repeat(300),
];

const kinds = {
  'another type': (place, variant) => set(place, otherTypes[variant % otherTypes.length]),
  'a field missing': ({ holder, key }) => {
    if (Array.isArray(holder)) holder.splice(Number(key), 1);
    else delete holder[key];
  },
  'a field more': ({ holder }, variant) => {
    const name = oddNames[variant % oddNames.length] ?? '';
    if (Array.isArray(holder)) holder.push('zq2Plant');
    // An assignment would reach the prototype instead of adding a field of that name.
    else Object.defineProperty(holder, name, { value: 'zq2Plant', enumerable: true, configurable: true });
  },
  'a long text': (place, variant) => set(place, 'zq3Plant'.repeat([30, 700, 9000][variant % 3] ?? 1)),
  'an odd text': (place, variant) => set(place, `${oddTexts[variant % oddTexts.length]}`),
  'an odd number': (place, variant) =>
    set(place, `${rawMark}${oddNumbers[variant % oddNumbers.length]}${rawMark}`),
  'deep nesting': (place, variant) => {
    const depth = [20, 31, 33, 6000][variant % 4] ?? 1;
    set(place, `${rawMark}${'['.repeat(depth)}${']'.repeat(depth)}${rawMark}`);
  },
  'a long list': (place, variant) =>
    set(
      place,
      Array.from({ length: [200, 3000][variant % 2] ?? 1 }, () => 'zq4Plant'),
    ),
} as const satisfies Readonly<Record<string, (place: Place, variant: number) => void>>;

const texts = {
  'text cut off': (text, at) => text.slice(0, at % text.length),
  'a field twice': (text) => text.replace(/\{("[^"]*":)/, '{$1"zq5Plant",$1'),
  'a comma too many': (text) => text.replace(/\}$/, ',}'),
  'a comment': (text) => `/* zq6Plant */${text}`,
  'a byte order mark': (text) => `\ufeff${text}`,
  'single quotes': (text) => text.replaceAll('"', "'"),
  'two documents': (text) => text + text,
  'nothing at all': () => '',
  'white space only': () => ' \r\n',
  'another document': (_text, at) =>
    ['null', '[]', '"zq7Plant"', '0', 'true', '{}', 'zq8Plant', '[{}]'][at % 8] ?? '',
} as const satisfies Readonly<Record<string, (text: string, at: number) => string>>;

const bytes = {
  'invalid UTF-8': (json, at) => spliced(json, at, Buffer.from([0xe9, 0x80])),
  'UTF-16': (json) => Buffer.from(json.toString('utf8'), 'utf16le'),
  'a bit flipped': (json, at, variant) => {
    const changed = Buffer.from(json);
    const place = at % Math.max(1, json.length);
    if (place < changed.length) changed[place] = (changed[place] ?? 0) ^ (1 << (variant % 8));
    return changed;
  },
  'random bytes': (json, at, variant) =>
    spliced(json, at, Buffer.from([variant & 255, (variant >> 8) & 255])),
} as const satisfies Readonly<Record<string, (json: Buffer, at: number, variant: number) => Buffer>>;

export type SpoilKind = 'nothing' | keyof typeof kinds | keyof typeof texts | keyof typeof bytes;
export const spoilKinds: readonly SpoilKind[] = [
  ...(Object.keys(kinds) as (keyof typeof kinds)[]),
  ...(Object.keys(texts) as (keyof typeof texts)[]),
  ...(Object.keys(bytes) as (keyof typeof bytes)[]),
];

/** The document as JSON with one thing wrong with it. */
export function spoilt(document: unknown, { kind, at, variant }: Spoil): Buffer {
  if (kind in kinds) {
    const root = { document: structuredClone(document) };
    const places = placesIn(root);
    kinds[kind as keyof typeof kinds](places[at % places.length]!, variant);
    return Buffer.from(textOf(root.document));
  }
  const text = textOf(document);
  if (kind in texts) return Buffer.from(texts[kind as keyof typeof texts](text, at));
  const json = Buffer.from(text);
  return kind in bytes ? bytes[kind as keyof typeof bytes](json, at, variant) : json;
}

const textOf = (value: unknown): string =>
  (JSON.stringify(value) ?? '').replaceAll(/"\\u0001raw\\u0001(.*?)\\u0001raw\\u0001"/g, '$1');

function set({ holder, key }: Place, value: unknown): void {
  (holder as Record<string | number, unknown>)[key] = value;
}

/** Every place that holds something, the whole document included. */
function placesIn(holder: Container): Place[] {
  return Object.entries(holder).flatMap(([key, inner]) => [
    { holder, key },
    ...(typeof inner === 'object' && inner !== null ? placesIn(inner as Container) : []),
  ]);
}

const spliced = (json: Buffer, at: number, put: Buffer): Buffer => {
  const place = at % (json.length + 1);
  return Buffer.concat([json.subarray(0, place), put, json.subarray(place)]);
};
