/**
 * Letters a machine readable zone writes in its own way (ICAO 9303 part 3, section 6, table A): those whose accents
 * do not come off by decomposition, and those written as two letters.
 */
const transliteration: Readonly<Record<string, string>> = {
  Ä: 'AE',
  Å: 'AA',
  Æ: 'AE',
  Ð: 'D',
  Đ: 'D',
  Ħ: 'H',
  İ: 'I',
  ı: 'I',
  Ĳ: 'IJ',
  ĸ: 'K',
  Ŀ: 'L',
  Ł: 'L',
  Ŋ: 'N',
  Ö: 'OE',
  Ø: 'OE',
  Œ: 'OE',
  ẞ: 'SS',
  ß: 'SS',
  Ŧ: 'T',
  Þ: 'TH',
  Ü: 'UE',
};

/**
 * A name as a machine readable zone writes it, in upper case letters, without spaces, hyphens and apostrophes:
 * `Anne-Marie` → `ANNEMARIE`, `Müller` → `MUELLER`. Letters outside the Latin alphabet stay as they are.
 */
export function transliterate(name: string): string {
  return [...name.normalize('NFC')]
    .map((letter) => transliteration[letter] ?? transliteration[letter.toUpperCase()] ?? letter)
    .join('')
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toUpperCase()
    .replaceAll(/[^\p{Lu}\p{Ll}\p{Lt}\p{Lo}\p{N}]/gu, '');
}

/**
 * One spelling for all the ways the same name is written: the two-letter forms of umlauts and their kin fall together
 * with the bare vowel, as both are in use for one person. `Müller`, `MUELLER` and `Muller` → `MULLER`.
 */
export function normaliseName(name: string): string {
  return transliterate(name)
    .replaceAll(/([NU])XX/g, '$1')
    .replaceAll(/A[AE]+/g, 'A')
    .replaceAll(/OE+/g, 'O')
    .replaceAll(/UE+/g, 'U');
}

/**
 * The forms under which a person is kept and looked up; two spellings of one person share at least one. Family and
 * given names count in any order, so that swapped fields meet; the whole of the given names, the first alone, and
 * all words sorted.
 *
 * @param birthDate `YYYY-MM-DD`, `YYYY-MM` or `YYYY`, equal in every form.
 * @returns distinct forms, one to four; personal data, to be keyed before it is kept.
 */
export function identityForms(
  familyName: string,
  givenNames: readonly string[],
  birthDate: string,
): readonly string[] {
  const family = normaliseName(familyName);
  const [first = ''] = givenNames;
  const words = [familyName, ...givenNames].flatMap((part) => part.split(/[\s-]+/)).map(normaliseName);
  const forms = [
    [family, normaliseName(givenNames.join(' '))],
    [family, normaliseName(first)],
    [family, normaliseName(first.split(/\s+/)[0] ?? '')],
    words,
  ];
  return [...new Set(forms.map((parts) => `${sorted(parts).join('<')}|${birthDate}`))];
}

function sorted(parts: readonly string[]): string[] {
  return parts.filter((part) => part !== '').sort();
}
