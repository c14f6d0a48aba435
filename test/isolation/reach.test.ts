import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { createFacePool } from '../../src/face/pool/face-pool.js';
import { childKinds } from '../../src/isolation/children.js';
import { bestEffort } from '../../src/isolation/confinedFork.js';
import { layers, missingLayers, probeLayers } from '../../src/isolation/layers.js';
import { reachOf } from '../../src/isolation/reach.js';
import { packageRoot } from '../../src/packageRoot.js';
import { portrait, settings } from '../face/support.js';
import { linux, programs, secretFiles, unconfinedReach } from './support.js';

/** Whether every user may read a folder and all above it. */
function forEverybody(folder: string): boolean {
  if ((statSync(folder).mode & 0o005) !== 0o005) return false;
  return folder === '/' || forEverybody(dirname(folder));
}

const required = { required: true, user: undefined };

test('without isolation the probe reaches everything: so it can find what is there', linux, async (t) => {
  process.env['FACEMATCH_MASTER_KEY'] = 'secret-9912';
  t.after(() => delete process.env['FACEMATCH_MASTER_KEY']);
  const paths = secretFiles(t);
  const reach = await unconfinedReach([...paths, `/proc/${process.pid}/environ`]);
  assert.ok(reach.variables.includes('FACEMATCH_MASTER_KEY'));
  for (const path of paths) assert.equal(reach.read[path], 'read');
  for (const path of paths) assert.equal(reach.written[path], 'written');
  assert.equal(reach.read[`/proc/${process.pid}/environ`], 'read');
  assert.deepEqual([reach.network, reach.process, reach.parent], ['connected', 'started', 'signalled']);
});

for (const kind of childKinds)
  test(`a child taken over (${kind}) reaches no key, store, network or process`, linux, async (t) => {
    process.env['FACEMATCH_MASTER_KEY'] = 'secret-9912';
    process.env['NODE_OPTIONS'] = '--no-warnings';
    t.after(() => delete process.env['FACEMATCH_MASTER_KEY']);
    t.after(() => delete process.env['NODE_OPTIONS']);
    const secrets = secretFiles(t);
    const procfs = ['environ', 'mem', 'maps', 'fd', 'root/etc/passwd'].map(
      (x) => `/proc/${process.pid}/${x}`,
    );
    const system = [
      '/etc/passwd',
      '/etc/shadow',
      '/etc/ssl/private',
      '/root',
      '/home',
      '/tmp',
      '/run',
      '/var',
    ];
    const reach = await reachOf(programs[kind], required, [...secrets, ...procfs, ...system]);

    const allowed = /^(PATH|LANG|OPENSSL_CONF|MALLOC_.*)$/;
    assert.deepEqual(
      reach.variables.filter((name) => !allowed.test(name)),
      [],
    );
    for (const [path, code] of Object.entries(reach.read)) assert.match(code, /^(EACCES|ENOENT)$/, path);
    for (const [path, code] of Object.entries(reach.written))
      assert.match(code, /^(EACCES|EISDIR|ENOENT)$/, path);
    for (const path of [...secrets, ...procfs]) assert.equal(reach.read[path], 'EACCES', path);
    assert.deepEqual([reach.network, reach.process, reach.parent], ['EPERM', 'EPERM', 'EPERM']);
    // Standard streams lead nowhere, the channel is the one socket, the rest is the event loop's own.
    const leads = reach.descriptors.map((descriptor) => descriptor.split(' ').slice(1).join(' '));
    assert.equal(leads.filter((to) => to.startsWith('socket:')).length, 1);
    assert.deepEqual(
      leads.filter((to) => !/^(\/dev\/null|socket:|pipe:|anon_inode:|\/proc\/\d+\/fd)/.test(to)),
      [],
    );
    assert.ok(reach.status.includes('NoNewPrivs:\t1'));
    assert.ok(reach.status.includes('Seccomp:\t2'));
  });

test('native code in the place of a child gets no further', linux, (t) => {
  const secrets = secretFiles(t);
  for (const kind of childKinds) {
    const report = probeLayers(programs[kind], bestEffort, secrets);
    assert.deepEqual(missingLayers(report), [], kind);
    assert.deepEqual(
      report.attempts.filter(({ possible }) => possible),
      [],
    );
    for (const layer of layers)
      if (layer !== 'environment') assert.ok(report.attempts.some((attempt) => attempt.layer === layer));
    assert.ok(report.attempts.length >= 14 + 2 * secrets.length);
  }
});

test('a store beside the networks would be within reach, and is reported', linux, (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'isolation-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const database = join(folder, 'facematch.db');
  copyFileSync(secretFiles(t)[0]!, database);
  const report = probeLayers({ ...programs.photos, readable: [folder] }, bestEffort, [database]);
  assert.deepEqual(missingLayers(report), ['files']);
  assert.deepEqual(
    report.attempts.filter(({ possible }) => possible).map(({ what }) => what),
    [`read ${database}`],
  );
});

test('as another user, where the service may become one', {
  skip: process.getuid?.() !== 0 && 'only root may',
}, async (t) => {
  const user = { uid: 65_534, gid: 65_534 };
  if (!forEverybody(realpathSync(join(packageRoot, 'node_modules'))) || !forEverybody(packageRoot)) {
    // This checkout lies where that user may not look: then no child starts, and none as root instead.
    await assert.rejects(reachOf(programs.photos, { required: true, user }, []));
    return;
  }
  const reach = await reachOf(programs.photos, { required: true, user }, []);
  assert.equal(reach.user, '65534:65534');
  assert.ok(reach.status.includes('CapEff:\t0000000000000000'));
  const pool = await createFacePool({
    settings: settings(),
    children: 1,
    isolation: { required: true, user },
  });
  t.after(() => pool.close());
  const status = readFileSync(`/proc/${pool.pids()[0]}/status`, 'utf8');
  assert.match(status, /^Uid:\t65534\t65534\t65534\t65534$/m);
  assert.equal((await pool.read({ bytes: await portrait })).kind, 'embedded');
});
