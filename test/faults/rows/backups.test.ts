import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { folder } from '../support/cleanup.js';
import { fault, rounds } from '../support/fault.js';
import { compare, enrolOne, readComparison } from '../support/people.js';
import { facematch, run } from '../support/program.js';
import { serve, settingsIn } from '../support/served.js';

fault(
  'backup while writing',
  'by the command beside the service, restored elsewhere',
  {},
  async (t, tried) => {
    const place = folder(t);
    const service = await serve(t, place);
    const people = await enrolOne(service);
    const acknowledged: string[] = [];
    let stop = false;
    const writing = Promise.all(
      Array.from({ length: 3 }, async () => {
        while (!stop) {
          const { status, body, text } = await compare(service, people, people.genuine);
          assert.equal(status, 201, text);
          acknowledged.push(body.comparisonId);
        }
      }),
    );
    const command = async (cwd: string, env: Record<string, string>, ...args: string[]) => {
      const ended = await run([process.execPath, facematch, ...args], {
        cwd,
        env: { PATH: process.env['PATH'], ...env },
      });
      assert.equal(ended.status, 0, ended.errors);
    };
    const times = rounds(1, 10);
    let known: string[] = [];
    const to = join(place, 'backups');
    for (let n = 0; n < times; n++) {
      const until = acknowledged.length + 6;
      while (acknowledged.length < until) await new Promise((resolve) => setTimeout(resolve, 10));
      known = [...acknowledged];
      // A backup is named after its second.
      if (n > 0) await new Promise((resolve) => setTimeout(resolve, 1100));
      await command(place, service.env, 'backup', '--to', to);
    }
    const during = acknowledged.length - known.length;
    stop = true;
    await writing;
    assert.equal((await service.stop()).status, 0);

    const elsewhere = folder(t);
    const env = settingsIn(elsewhere);
    for (const name of ['keyring', 'keyring-mirror', 'development-keys.json', 'token-key.json']) {
      cpSync(join(place, name), join(elsewhere, name), { recursive: true });
    }
    mkdirSync(join(elsewhere, 'from'));
    const newest = readdirSync(to).sort().at(-1) ?? '';
    cpSync(join(to, newest), join(elsewhere, 'from', newest), { recursive: true });
    await command(elsewhere, env, 'restore', '--from', join(elsewhere, 'from', newest));
    const db = new Database(join(elsewhere, 'facematch.db'), { readonly: true });
    assert.equal(db.pragma('integrity_check', { simple: true }), 'ok');
    db.close();
    await command(elsewhere, env, 'audit', 'verify');
    const restored = await serve(t, elsewhere);
    for (const id of known) assert.equal((await readComparison(restored, id)).status, 200);
    const { body } = await compare(restored, people, people.genuine);
    assert.equal(body.outcome, 'consistent');
    tried(
      `${times} backups; ${known.length} acknowledged before the last, all read after the restore; ${during} more came while it was made`,
    );
  },
);
