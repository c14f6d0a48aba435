import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../src/clock.js';
import { loadConfig } from '../../src/config.js';
import { openConfiguredStore } from '../../src/configuredStore.js';
import { normaliseDocumentNumber } from '../../src/records/documentNumber.js';
import { type Holder, inventHolder, photo, recordOf } from '../support/office.js';
import { databaseSetting } from '../support/postgres.js';
import { background, portraitOf } from '../support/samples.js';
import { startTestService } from '../support/service.js';

const cli = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
const names = ['1-right', '3-middle', '6-left', '5-back'] as const;

let root: string;
let photos: string;
let documents: { holder: Holder; line: string }[];

const settings = (folder: string): Record<string, string> => ({
  FACEMATCH_MODE: 'development',
  FACEMATCH_WORKERS: '1',
  FACEMATCH_DATABASE: join(folder, 'facematch.db'),
  FACEMATCH_KEYRING: join(folder, 'keyring', 'keyring.db'),
  FACEMATCH_KEYRING_MIRROR: join(folder, 'keyring-mirror', 'keyring.db'),
  FACEMATCH_TOKEN_KEY: join(folder, 'token-key.json'),
  ...databaseSetting(folder),
});

/** `seen` is told what the command writes, and may end it. */
function enrolCommand(
  folder: string,
  args: readonly string[],
  seen: (text: string, child: ChildProcess) => void = () => {},
) {
  return new Promise<{ status: number | null; out: string; err: string }>((resolve) => {
    const child = spawn(process.execPath, [cli, 'enrol', '--photos', photos, ...args], {
      env: { PATH: process.env['PATH'], ...settings(folder) },
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (data) => {
      out += data;
    });
    child.stderr.on('data', (data) => {
      err += data;
      seen(err, child);
    });
    child.on('close', (status) => resolve({ status, out, err }));
  });
}

async function listOf(folder: string, lines: readonly string[]): Promise<string> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'records.ndjson');
  await writeFile(file, `${lines.join('\n')}\n`);
  return file;
}

const count = (out: string, what: string) => Number(new RegExp(`^${what} +(\\d+)`, 'm').exec(out)?.[1] ?? -1);

/** What the store holds of these documents, ids and times left out. */
async function contentOf(folder: string) {
  const store = await openConfiguredStore(loadConfig(settings(folder)), systemClock);
  try {
    const content = [];
    for (const { holder } of documents) {
      const numbers = holder.passports.map(({ number }) =>
        store.lookup.documentNumber(normaliseDocumentNumber(number)),
      );
      const { byNumber } = await store.documents.findByKeys({ identity: [], numbers });
      for (const [row] of byNumber) {
        assert.ok(row, 'every document is there');
        const { record, photo } = await store.documents.open(row.id);
        const vector = await store.documents.embedding(row.id, row.embeddingModel);
        content.push({
          record,
          photo: Buffer.from(photo).toString('hex'),
          state: row.embeddingState,
          vector: vector && [...vector],
        });
      }
    }
    const { documents: rows, holders } = await store.stats();
    return { content, rows, holders };
  } finally {
    await store.close();
  }
}

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'facematch-enrol-'));
  photos = join(root, 'photos');
  await mkdir(join(photos, 'faces'), { recursive: true });
  for (const name of names) await writeFile(join(photos, 'faces', `${name}.jpg`), await portraitOf(name));
  await writeFile(join(photos, 'wall.jpg'), await background());
  await writeFile(join(photos, 'notes.jpg'), 'no picture');
  await writeFile(join(root, 'secret.jpg'), await portraitOf('1-right'));
  documents = Array.from({ length: 40 }, (_, i) => {
    const name = names[i % names.length] as string;
    const holder = inventHolder('Bulk', [`Nr${i}`], [['2015-05-05', photo(Buffer.alloc(0))]]);
    const record = recordOf(holder, holder.passports[0] as Holder['passports'][number]);
    return { holder, line: JSON.stringify({ record, photo: `faces/${name}.jpg` }) };
  });
});
after(() => rm(root, { recursive: true, force: true }));

describe('facematch enrol', () => {
  test('stores what is right, reports what is not by line and code, and changes nothing the second time', async () => {
    const folder = join(root, 'refusals');
    const good = documents.slice(0, 4).map(({ line }) => line);
    const parsed = JSON.parse(documents[4]!.line) as {
      record: { holder: Record<string, unknown> };
      photo: string;
    };
    const changed = JSON.parse(good[0]!) as typeof parsed;
    changed.record.holder['birthPlace'] = 'Elsewhere';
    const withHolder = (change: object, rest: object = {}) =>
      JSON.stringify({
        ...parsed,
        record: { ...parsed.record, holder: { ...parsed.record.holder, ...change } },
        ...rest,
      });
    const records = await listOf(folder, [
      good[0]!,
      '{"record": {"holder": "PLANTED"',
      good[1]!,
      '',
      withHolder({ email: 'planted@example.org' }),
      withHolder({ birthDate: 'PLANTED' }),
      withHolder({}, { photo: 'faces/nobody.jpg' }),
      withHolder({}, { photo: '../secret.jpg' }),
      withHolder({}, { photo: 'notes.jpg' }),
      withHolder({}, { signature: 'notes.jpg' }),
      JSON.stringify({ record: parsed.record }),
      JSON.stringify({ padding: 'x'.repeat(100_000) }),
      JSON.stringify(changed),
      withHolder({}, { photo: 'wall.jpg' }),
      good[2]!,
      good[2]!,
      good[3]!,
    ]);
    const report = join(folder, 'report.ndjson');
    const first = await enrolCommand(folder, ['--records', records, '--report', report]);
    assert.equal(first.status, 2, first.err);
    assert.equal(count(first.out, 'stored'), 5);
    assert.match(first.out, /1 without a usable face/);
    assert.equal(count(first.out, 'known'), 1);
    const text = await readFile(report, 'utf8');
    const refusals = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { line: number; code: string; fields?: string[]; faults?: string[] })
      .sort((a, b) => a.line - b.line);
    assert.deepEqual(
      refusals.map(({ line, code }) => [line, code]),
      [
        [2, 'malformed-json'],
        [5, 'forbidden-field'],
        [6, 'validation'],
        [7, 'photo-missing'],
        [8, 'photo-missing'],
        [9, 'unsupported-image'],
        [10, 'unsupported-image'],
        [11, 'validation'],
        [12, 'body-too-large'],
        [13, 'transfer-conflict'],
      ],
    );
    assert.ok(refusals[1]!.fields![0]!.endsWith('/email'));
    assert.ok(refusals[2]!.fields![0]!.endsWith('/holder/birthDate'));
    assert.deepEqual(refusals[7], { line: 11, code: 'validation', fields: ['/photo'], faults: ['missing'] });
    assert.doesNotMatch(text + first.out + first.err, /planted|Bulk|Nr\d|nobody|secret|Elsewhere/i);

    const again = await enrolCommand(folder, ['--records', records]);
    assert.equal(again.status, 2);
    assert.equal(count(again.out, 'stored'), 0);
    assert.equal(count(again.out, 'known'), 6);
    assert.equal(count(again.out, 'refused'), 10);
  });

  test('killed at any moment and started again, it ends with the store of an undisturbed run', async () => {
    const lines = documents.map(({ line }) => line);
    const calm = join(root, 'calm');
    const { status, out } = await enrolCommand(calm, ['--records', await listOf(calm, lines)]);
    assert.equal(status, 0);
    assert.equal(count(out, 'stored'), lines.length);

    const rough = join(root, 'rough');
    const records = await listOf(rough, lines);
    for (const reached of [4, 16]) {
      const killed = await enrolCommand(rough, ['--records', records], (err, child) => {
        const done = [...err.matchAll(/enrolling: (\d+) of/g)].map(([, n]) => Number(n));
        if (Math.max(0, ...done) >= reached) child.kill('SIGKILL');
      });
      assert.equal(killed.status, null, 'it was killed before it was done');
    }
    const resumed = await enrolCommand(rough, ['--records', records]);
    assert.equal(resumed.status, 0, resumed.err);
    assert.ok(count(resumed.out, 'known') >= 16 && count(resumed.out, 'stored') < lines.length - 15);
    assert.equal(count(resumed.out, 'known') + count(resumed.out, 'stored'), lines.length);
    const [resumedStore, calmStore] = [await contentOf(rough), await contentOf(calm)];
    for (const [i, { vector, ...content }] of resumedStore.content.entries()) {
      const { vector: calmVector, ...calmContent } = calmStore.content[i]!;
      assert.deepEqual(content, calmContent);
      // Photos shared other batches.
      assert.ok(vector!.every((value, k) => Math.abs(value - calmVector![k]!) < 1e-5));
    }
    const { content: _, ...counts } = resumedStore;
    assert.deepEqual(counts, { rows: lines.length, holders: lines.length });
  });

  test('asked to stop it finishes what is at work, and says what is left', async () => {
    const folder = join(root, 'stopped');
    const records = await listOf(
      folder,
      documents.map(({ line }) => line),
    );
    let asked = false;
    const stopped = await enrolCommand(folder, ['--records', records], (err, child) => {
      if (!asked && /enrolling: \d/.test(err)) asked = child.kill('SIGINT');
    });
    assert.equal(stopped.status, 1);
    const done = count(stopped.out, 'stored');
    assert.ok(done > 0 && done < documents.length);
    assert.equal(count(stopped.out, 'left'), documents.length - done);
  });

  test('beside a running service it says so, and goes through it when told to', async () => {
    const folder = join(root, 'served');
    await mkdir(folder);
    const service = await startTestService({}, { folder });
    try {
      const lines = documents.slice(0, 6).map(({ line }) => line);
      const records = await listOf(folder, [
        ...lines,
        '{',
        JSON.stringify({ record: {}, photo: 'wall.jpg' }),
      ]);
      const locked = await enrolCommand(folder, ['--records', records]);
      assert.equal(locked.status, 1);
      assert.match(locked.err, /a service runs on it: stop the service, or enrol through it with --url/);
      const tokenFile = join(folder, 'token');
      await writeFile(tokenFile, await service.token(['documents:write']));
      const report = join(folder, 'report.ndjson');
      const through = [
        '--records',
        records,
        '--url',
        service.url,
        '--token-file',
        tokenFile,
        '--report',
        report,
      ];
      const first = await enrolCommand(folder, through);
      assert.equal(first.status, 2, first.err);
      assert.equal(count(first.out, 'stored'), 6);
      assert.equal((await service.store.stats()).documents, 6);
      const codes = (await readFile(report, 'utf8')).trim().split('\n');
      assert.deepEqual(codes.map((line) => (JSON.parse(line) as { code: string }).code).sort(), [
        'malformed-json',
        'validation',
      ]);
      const second = await enrolCommand(folder, through);
      assert.equal(count(second.out, 'known'), 6);
      await writeFile(tokenFile, await service.token(['comparisons:write']));
      const refused = await enrolCommand(folder, through);
      assert.equal(refused.status, 1);
      assert.match(refused.err, /forbidden/);
    } finally {
      await service.dispose();
    }
  });
});
