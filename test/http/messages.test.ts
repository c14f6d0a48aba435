import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { noticeCodes, outcomes, reasonCodes } from '../../src/comparison/answer.js';
import { errorCodes } from '../../src/errors.js';
import { catalogues, type MessageKey, text } from '../../src/messages/text.js';
import { languages } from '../../src/oversight/caller.js';

const keys: MessageKey[] = [
  ...errorCodes.flatMap((code): MessageKey[] => [`problem.${code}.title`, `problem.${code}.detail`]),
  ...outcomes.map((code): MessageKey => `outcome.${code}`),
  'outcome.trial',
  ...reasonCodes.map((code): MessageKey => `reason.${code}`),
  ...noticeCodes.map((code): MessageKey => `notice.${code}`),
];

describe('the catalogues', () => {
  for (const language of languages) {
    it(`${language} has exactly the texts of every code, each its own`, () => {
      assert.deepEqual(Object.keys(catalogues[language]).sort(), [...keys].sort());
      const texts = keys.map((key) => text(language, key));
      assert.ok(texts.every((words) => words.trim() === words && words.length > 5 && !/[{}[\]]/.test(words)));
      assert.equal(new Set(texts).size, texts.length);
    });
  }

  it('no language repeats another', () => {
    for (const key of keys) {
      assert.equal(new Set(languages.map((language) => text(language, key))).size, languages.length, key);
    }
  });

  it('all languages name the same facts', () => {
    const namesIn = (words: string) => [...words.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    for (const key of keys) {
      for (const language of languages) {
        assert.deepEqual(namesIn(catalogues[language][key]), namesIn(catalogues.en[key]), key);
      }
    }
  });
});

describe('text', () => {
  const key = 'problem.photo-too-large.detail';
  it('names a limit in the manner of the language', () => {
    assert.ok(text('en', key, { maxBytes: 10_000_000 }).endsWith(' The limit is 10,000,000 bytes.'));
    assert.ok(text('de', key, { maxBytes: 10_000_000 }).endsWith(' Die Grenze liegt bei 10.000.000 Bytes.'));
  });

  it('leaves out what is not known, and whatever is no number', () => {
    for (const facts of [{}, { maxBytes: 'SECRET' }, { maxBytes: Number.NaN }, { constructor: 1 }]) {
      assert.equal(text('en', key, facts), 'Save the photo as a smaller file and send it again.');
    }
  });
});
