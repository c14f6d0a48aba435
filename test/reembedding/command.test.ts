import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isFacematchError } from '../../src/errors.js';
import { facematch as run, withoutSettings } from '../support/command.js';
import { applicationOf, type Holder, inventHolder, officeOf, photo } from '../support/office.js';
import { databaseSetting } from '../support/postgres.js';
import { derivedPortraitOf, portraitOf } from '../support/samples.js';
import { startTestService, type TestService } from '../support/service.js';

const main = join(dirname(fileURLToPath(import.meta.url)), '../../src/cli/main.js');
const mobile = 'mobilefacenet-512@1.0.0';
const dlib = 'dlib-resnet-128@1.0.0';
/** What dlib's calibration was made with. */
const dlibLooks = {
  FACEMATCH_LANDMARKS: 'face-landmark-68',
  FACEMATCH_LOOKS: 'ssd-mobilenet-v1:1:0.5,ssd-mobilenet-v1:0.5:0.5',
};

describe('a change of the embedder', () => {
  let service: TestService;
  let holders: readonly [Holder, Holder];
  let probe: Buffer;
  let applications = 0;

  const environment = (changes: Record<string, string>) => {
    const { database, keyring } = service.config.store;
    return {
      FACEMATCH_MODE: 'development',
      FACEMATCH_WORKERS: '1',
      FACEMATCH_DATABASE: database,
      FACEMATCH_KEYRING: keyring[0],
      FACEMATCH_KEYRING_MIRROR: keyring[1],
      ...databaseSetting(service.folder),
      ...changes,
    };
  };
  const facematch = (args: readonly string[], changes: Record<string, string> = {}) =>
    run(environment(changes), ...args);
  const compare = async (holder: Holder) => {
    const scopes = ['documents:write', 'comparisons:write', 'comparisons:evidence'];
    const office = officeOf(service, await service.token(scopes));
    const { status, body } = await office.compare(applicationOf({ as: holder }, ++applications), probe);
    assert.equal(status, 201, JSON.stringify(body));
    return body;
  };

  before(async () => {
    service = await startTestService();
    const office = officeOf(service, await service.token(['documents:write']));
    const [a, b, c, d] = await Promise.all([
      portraitOf('1-right'),
      portraitOf('3-middle'),
      portraitOf('6-left'),
      derivedPortraitOf('6-left'),
    ]);
    probe = await derivedPortraitOf('3-middle');
    holders = [
      inventHolder(
        'Een',
        ['Anna'],
        [
          ['2008-01-01', photo(a)],
          ['2017-01-01', photo(b)],
        ],
      ),
      inventHolder(
        'Twee',
        ['Berta'],
        [
          ['2009-01-01', photo(c)],
          ['2018-01-01', photo(d)],
        ],
      ),
    ];
    for (const holder of holders) await office.enrol(holder);
    assert.equal((await compare(holders[0])).evidence!.model, mobile);
    await service.close();
  });
  after(() => service.dispose());

  test('what is active is told, and a running service keeps the command out', async () => {
    assert.match((await facematch(['reembed'])).out, /active {6}mobilefacenet-512@1\.0\.0: 4 of 4 documents/);
    service = await service.restart();
    const { status, err } = await facematch(['reembed', '--rollback']);
    assert.equal(status, 1);
    assert.match(err, /service is running/);
    await service.close();
  });

  test('a service with another embedder than the store does not start', async () => {
    await assert.rejects(
      startTestService({ FACEMATCH_EMBEDDER: 'dlib-resnet-128', ...dlibLooks }, { folder: service.folder }),
      (error) => isFacematchError(error, 'config-invalid'),
    );
  });

  test('without a calibration there is no switch, and the set is kept for when there is one', async () => {
    const looks = { ...dlibLooks, FACEMATCH_LOOKS: 'ssd-mobilenet-v1:0.7:0.5' };
    const { status, err, out } = await facematch(
      ['reembed', '--model', 'dlib-resnet-128', '--switch'],
      looks,
    );
    assert.equal(status, 1);
    assert.match(err, /calibration-invalid/);
    assert.match(out, /embedded {4}4 /);
    assert.match((await facematch(['reembed'])).out, new RegExp(`active +${mobile}`));
    // By another look than the calibrated ones: done again below.
    assert.match((await facematch(['reembed', '--discard'])).out, /discarded {3}4 /);
  });

  test('killed in the middle and run again, it goes on where it stopped', async () => {
    const child = spawn(process.execPath, [main, 'reembed', '--model', 'dlib-resnet-128'], {
      env: {
        ...withoutSettings(),
        ...environment({ ...dlibLooks, FACEMATCH_BATCH: '1', FACEMATCH_QUEUE: '1' }),
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    await new Promise<void>((resolve) => {
      child.stderr.on('data', (data: Buffer) => {
        if (/[1-3] of 4/.test(String(data))) child.kill('SIGKILL');
      });
      child.on('exit', () => resolve());
    });
    const { status, out } = await facematch(['reembed', '--model', 'dlib-resnet-128'], dlibLooks);
    assert.equal(status, 0, out);
    const again = Number(/embedded {4}(\d)/.exec(out)?.[1]);
    assert.ok(again >= 1 && again <= 3, out);
  });

  test('switched, every comparison is by the new model alone', async () => {
    const { status, out, err } = await facematch(
      ['reembed', '--model', 'dlib-resnet-128', '--switch'],
      dlibLooks,
    );
    assert.equal(status, 0, err);
    assert.match(out, new RegExp(`active +${dlib}`));
    service = await service.restart(dlibLooks);
    assert.equal(service.faces.model, dlib);
    const reads = service.faces.stats().answered;
    const { evidence, outcome } = await compare(holders[0]);
    assert.equal(evidence!.model, dlib);
    assert.ok(evidence!.references.every(({ comparison }) => comparison!.score > 0.9));
    assert.equal(outcome, 'consistent');
    // One photo was read: the probe. The references' embeddings were there.
    assert.equal(service.faces.stats().answered - reads, 1);
    assert.equal(evidence!.quality!.unified, undefined);
    await service.close();
  });

  test('and back in one step', async () => {
    const { status, out } = await facematch(['reembed', '--rollback']);
    assert.equal(status, 0);
    assert.match(out, new RegExp(`active +${mobile}`));
    service = await service.restart({});
    const { evidence } = await compare(holders[1]);
    assert.equal(evidence!.model, mobile);
    assert.ok(
      evidence!.references.every(({ comparison }) => comparison !== undefined && comparison.score < 0.4),
    );
    await service.close();
  });

  test('options that contradict each other are refused', async () => {
    for (const args of [['--switch'], ['--rollback', '--discard'], ['--model', 'x', '--rollback']]) {
      assert.equal((await facematch(['reembed', ...args])).status, 1, args.join(' '));
    }
    assert.match((await facematch(['reembed', '--model', 'no-such-net'])).err, /model-unknown/);
  });
});
