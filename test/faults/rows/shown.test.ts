import assert from 'node:assert/strict';
import { fault, type Needs, rounds } from '../support/fault.js';
import { programAt, run } from '../support/program.js';

/** Rows that tests of the ordinary suite show in full. */
interface Shown {
  readonly fault: string;
  readonly what: string;
  readonly file: string;
  readonly tests: readonly string[];
  readonly needs?: Needs;
}

const retentionKills = rounds(5, 100);

const rows: readonly Shown[] = [
  {
    fault: 'power loss',
    what: 'a sync of the disk for each acknowledged write',
    file: 'store/durability.test.js',
    tests: ['every acknowledged write reaches the disk'],
    needs: { tools: ['strace'] },
  },
  {
    fault: 'restore of an old backup',
    what: 'what was destroyed since stays so',
    file: 'retention/proof.test.js',
    tests: [
      'a backup from before the destruction opens nothing that was destroyed, neither as a file nor put in place',
      'with an old keyring put back as well, the ledger destroys its keys again',
      'a restored database does not open without the ledger, nor beside an older one',
      'a backup that was cut short, changed, or is of another kind is refused; nothing is put in place',
    ],
  },
  {
    fault: 'destruction proof',
    what: 'a planted marker and wrapped keys, in database, write-ahead log and keyring',
    file: 'retention/proof.test.js',
    tests: [
      'after its time a planted marker and everything made of it is in no file, before the store is even closed',
    ],
  },
  {
    fault: 'destruction proof',
    what: 'a planted marker, in every file, temporary file and log of a service',
    file: 'retention/proofServed.test.js',
    tests: ['what a service destroyed is in none of its files, its temporary files and its log'],
  },
  {
    fault: 'kill -9 in a write',
    what: `of a retention run, ${retentionKills} rounds`,
    file: 'retention/kill.test.js',
    tests: [
      `${retentionKills} times killed in the middle of a retention run, the store is consistent and the trail whole`,
    ],
  },
];

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

for (const { fault: row, what, file, tests, needs = {} } of rows) {
  fault(row, what, needs, async (_, tried) => {
    const { NODE_TEST_CONTEXT: _context, ...env } = process.env;
    const pattern = `^(${tests.map(escaped).join('|')})$`;
    const ended = await run(
      [
        ...[process.execPath, '--test', '--test-reporter=tap', `--test-name-pattern=${pattern}`],
        programAt(`../../${file}`),
      ],
      { env: { ...env, RETENTION_KILLS: String(retentionKills) }, timeoutMs: 3_000_000 },
    );
    assert.equal(ended.status, 0, ended.output);
    const passed = tests.filter((name) =>
      new RegExp(`^ *ok \\d+ - ${escaped(name)}$`, 'm').test(ended.output.replaceAll('\\#', '#')),
    );
    assert.deepEqual(passed, tests);
    const said = /^# (\d+ (syncs|runs).*)$/m.exec(ended.output)?.[1];
    tried(
      `${tests.length === 1 ? 'one test' : `${tests.length} tests`} of test/${file.replace('.js', '.ts')}${said ? `: ${said}` : ''}`,
    );
  });
}
