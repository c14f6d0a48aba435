import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { newId } from '../../src/ids.js';
import { masterKey } from '../../src/store/crypto/keys.js';
import type { LedgerBatch } from '../../src/store/ledger.js';
import { held, type Month } from '../../src/store/month.js';
import type { Keys } from '../../src/store/openKeys.js';
import { code } from './fixture.js';
import { bindingOf, keyKinds } from './keyKinds.js';

const march = '2046-03' as Month;
const april = '2046-04' as Month;

const batch = (change: Partial<LedgerBatch> = {}): LedgerBatch => ({
  id: newId(),
  kind: 'document',
  month: march,
  ground: 'retention over',
  at: '2046-04-01T00:00:00.000Z',
  entries: [{ recordKey: new Uint8Array(randomBytes(32)), keyId: newId() }],
  ...change,
});

async function closed({ keyring, ledger }: Keys): Promise<void> {
  await keyring.close();
  await ledger.close();
}

for (const kind of keyKinds) {
  const options = { skip: kind.skip };

  test(
    `${kind.name}: keys come back after reopening, each its own, and none is kept in clear`,
    options,
    async (t) => {
      const home = await kind.home(t);
      const first = await home.open();
      const keys = [];
      for (const month of [march, march, april]) keys.push(await first.keyring.reserve(month));
      const bound = await bindingOf(first);
      await closed(first);
      const { keyring } = await home.open(bound);
      const opened = await Promise.all(keys.map(({ id, month }) => keyring.open(id, month)));
      assert.deepEqual(
        opened,
        keys.map(({ key }) => key),
      );
      assert.equal(new Set(keys.map(({ key }) => Buffer.from(key).toString('hex'))).size, 3);
      assert.deepEqual(await keyring.months(), [march, april]);
      assert.equal((await keyring.state()).keys, 128);
      assert.deepEqual(await keyring.verify(), { keys: 128, damaged: [] });
      const bytes = await home.contents();
      for (const { key } of keys) assert.equal(bytes.includes(Buffer.from(key)), false);
      assert.equal(bytes.includes(Buffer.from(home.masterKey)), false);
      await assert.rejects(keyring.open(keys[0]!.id, april), code('integrity-failure'));
      await assert.rejects(keyring.open(newId(), march), code('integrity-failure'));
    },
  );

  test(`${kind.name}: many who reserve at once get keys of their own`, options, async (t) => {
    const { keyring } = await (await kind.home(t)).open();
    const keys = await Promise.all(Array.from({ length: 200 }, () => keyring.reserve(march)));
    assert.equal(new Set(keys.map(({ id }) => id)).size, 200);
    const opened = await Promise.all(keys.map(({ id }) => keyring.open(id, march)));
    assert.deepEqual(
      opened,
      keys.map(({ key }) => key),
    );
    assert.ok(new Set(keys.map(({ generation }) => generation)).size <= 5);
  });

  test(
    `${kind.name}: destroyed keys open nowhere, stay destroyed, and their month takes no record`,
    options,
    async (t) => {
      const home = await kind.home(t);
      const first = await home.open();
      const { keyring } = first;
      const keys = [await keyring.reserve(march), await keyring.reserve(march), await keyring.reserve(april)];
      for (let twice = 0; twice < 2; twice++) {
        await keyring.destroyKeys(march, [keys[0]!.id], 3);
        await keyring.destroyMonth(april, [], 2);
      }
      const gone = async (keys_: Keys) => {
        await assert.rejects(keys_.keyring.open(keys[0]!.id, march), code('not-found'));
        await assert.rejects(keys_.keyring.open(keys[2]!.id, april), code('not-found'));
        await assert.rejects(keys_.keyring.reserve(april), code('retention-over'));
        assert.deepEqual(await keys_.keyring.open(keys[1]!.id, march), keys[1]!.key);
        assert.equal((await keys_.keyring.state()).ledgerSeq, 3);
        assert.deepEqual((await keys_.keyring.verify()).damaged, []);
      };
      await gone(first);
      const bound = await bindingOf(first);
      await closed(first);
      await gone(await home.open(bound));
    },
  );

  test(
    `${kind.name}: keys under a hold outlive their month, and go when the hold does`,
    options,
    async (t) => {
      const { keyring } = await (await kind.home(t)).open();
      const [first, second] = [await keyring.reserve(march), await keyring.reserve(march)];
      await keyring.destroyMonth(march, [first.id]);
      assert.deepEqual(await keyring.open(first.id, march), first.key);
      await assert.rejects(keyring.open(second.id, march), code('not-found'));
      assert.deepEqual(await keyring.months(), []);
      assert.deepEqual(await keyring.verify(), { keys: 1, damaged: [] });
      await keyring.rotateMonth(held);
      assert.deepEqual(await keyring.open(first.id, march), first.key);
      await keyring.destroyKeys(march, [first.id]);
      await assert.rejects(keyring.open(first.id, march), code('not-found'));
      assert.deepEqual(await keyring.verify(), { keys: 0, damaged: [] });
    },
  );

  test(`${kind.name}: another key of a month wraps what was wrapped before`, options, async (t) => {
    const home = await kind.home(t);
    const first = await home.open();
    const keys = [await first.keyring.reserve(march), await first.keyring.reserve(april)];
    await first.keyring.rotateMonth(march);
    await first.keyring.rotateMonth('2050-01' as Month);
    keys.push(await first.keyring.reserve(march));
    const bound = await bindingOf(first);
    await closed(first);
    const { keyring } = await home.open(bound);
    for (const { id, month, key } of keys) assert.deepEqual(await keyring.open(id, month), key);
    assert.deepEqual((await keyring.verify()).damaged, []);
  });

  test(
    `${kind.name}: an older keyring or ledger, or another one, is refused, and a used one beside a new database`,
    options,
    async (t) => {
      const home = await kind.home(t);
      const first = await home.open();
      await first.keyring.reserve(march);
      await first.ledger.append(batch());
      const bound = await bindingOf(first);
      await closed(first);
      const refused = (expected: typeof bound | undefined, ...codes: Parameters<typeof code>) =>
        assert.rejects(home.open(expected), code(...codes));
      await refused(undefined, 'keyring-invalid');
      await refused({ ...bound, generation: bound.generation + 1 }, 'keyring-invalid');
      await refused({ ...bound, id: newId() }, 'keyring-invalid');
      await refused({ ...bound, ledger: { id: newId(), seq: 0 } }, 'ledger-invalid');
      await refused({ ...bound, ledger: { id: bound.ledger!.id, seq: 2 } }, 'ledger-invalid');
      await refused({ ...bound, ledger: undefined }, 'ledger-invalid');
      await closed(await home.open(bound));
    },
  );

  test(
    `${kind.name}: the ledger is one chain, which says what was destroyed and forgets what is old`,
    options,
    async (t) => {
      const home = await kind.home(t);
      const keys = await home.open();
      const { ledger } = keys;
      const batches = [
        batch({ at: '2030-01-01T00:00:00.000Z' }),
        batch({ kind: 'month', entries: [] }),
        batch({ at: '2030-01-02T00:00:00.000Z' }),
      ];
      for (const [index, one] of batches.entries()) assert.equal(await ledger.append(one), index + 1);
      assert.equal(await ledger.append(batches[1]!), 2);
      assert.equal(await ledger.lastSeq(), 3);
      assert.deepEqual(await ledger.after(1), [
        { ...batches[1], seq: 2 },
        { ...batches[2], seq: 3 },
      ]);
      assert.deepEqual(await ledger.after(0, 1), [{ ...batches[0], seq: 1 }]);
      assert.equal((await ledger.find(batches[2]!.entries[0]!.recordKey))?.id, batches[2]!.id);
      assert.equal(await ledger.find(randomBytes(32)), undefined);
      assert.equal(await ledger.verify(), undefined);
      await ledger.prune(new Date('2040-01-01'));
      assert.deepEqual(
        (await ledger.after(0)).map(({ seq }) => seq),
        [2, 3],
      );
      await assert.rejects(
        ledger.append(batch({ entries: [{ recordKey: randomBytes(3), keyId: newId() }] })),
      );
    },
  );

  test(`${kind.name}: closed, it gives no more keys`, options, async (t) => {
    const keys = await (await kind.home(t)).open();
    const { id } = await keys.keyring.reserve(march);
    await closed(keys);
    await assert.rejects(keys.keyring.reserve(march), code('store-unavailable'));
    await assert.rejects(keys.keyring.open(id, march), code('store-unavailable'));
    await closed(keys);
  });

  if (!kind.shared) continue;

  test(
    `${kind.name}: what one process destroys or rotates holds in the others at once`,
    options,
    async (t) => {
      const home = await kind.home(t);
      const [one, other] = [await home.open(), await home.open()];
      const key = await one.keyring.reserve(march);
      const kept = await other.keyring.reserve(march);
      const whole = await other.keyring.reserve(april);
      assert.deepEqual(await other.keyring.open(key.id, march), key.key);
      await one.keyring.rotateMonth(march);
      assert.deepEqual(await other.keyring.open(key.id, march), key.key);
      assert.deepEqual(await other.keyring.open(kept.id, march), kept.key);
      await one.keyring.destroyKeys(march, [key.id]);
      await assert.rejects(other.keyring.open(key.id, march), code('not-found'));
      await one.keyring.destroyMonth(april);
      await assert.rejects(other.keyring.open(whole.id, april), code('not-found'));
      assert.deepEqual(await other.keyring.open(kept.id, march), kept.key);
      // The others forget what they reserved ahead, and are told when they ask for more.
      const deadline = performance.now() + 20_000;
      for (;;) {
        const refused = await other.keyring.reserve(april).then(
          () => false,
          (error: unknown) => code('retention-over')(error),
        );
        if (refused) break;
        assert.ok(performance.now() < deadline, 'the other process still reserves keys of a destroyed month');
        await new Promise((done) => setTimeout(done, 50));
      }
      assert.deepEqual((await other.keyring.verify()).damaged, []);
    },
  );

  test(`${kind.name}: several processes at once keep one keyring and one ledger`, options, async (t) => {
    const home = await kind.home(t);
    const all = [await home.open(), await home.open(), await home.open()];
    const bound = await bindingOf(all[0]!);
    const months = [march, april, '2046-05' as Month];
    const keys = await Promise.all(
      all.flatMap(({ keyring }) =>
        Array.from({ length: 150 }, (_, n) => keyring.reserve(months[n % months.length]!)),
      ),
    );
    assert.equal(new Set(keys.map(({ id }) => id)).size, 450);
    const batches = Array.from({ length: 30 }, () => batch());
    // Each batch from two processes at once: the same number for both.
    const numbers = await Promise.all(
      batches.map(async (one, n) => {
        const [a, b] = await Promise.all([
          all[n % 3]!.ledger.append(one),
          all[(n + 1) % 3]!.ledger.append(one),
        ]);
        assert.equal(a, b);
        return a;
      }),
    );
    assert.deepEqual(
      numbers.toSorted((a, b) => a - b),
      batches.map((_, n) => n + 1),
    );
    const going = keys.filter((_, n) => n % 5 === 0);
    await Promise.all(going.map(({ id, month }, n) => all[n % 3]!.keyring.destroyKeys(month, [id], n)));
    assert.equal(await all[1]!.ledger.verify(), undefined);
    assert.deepEqual((await all[2]!.keyring.verify()).damaged, []);
    const gone = new Set(going.map(({ id }) => id));
    await Promise.all(
      keys.map(({ id, month, key }, n) => {
        const opened = all[n % 3]!.keyring.open(id, month);
        return gone.has(id)
          ? assert.rejects(opened, code('not-found'))
          : opened.then((found) => assert.deepEqual(found, key));
      }),
    );
    assert.ok((await bindingOf(all[0]!)).generation > bound.generation);
  });
}

for (const kind of keyKinds.filter(({ name }) => name !== 'key service')) {
  test(`${kind.name}: a wrong master key is refused, and another one takes its place`, {
    skip: kind.skip,
  }, async (t) => {
    const home = await kind.home(t);
    const first = await home.open();
    const key = await first.keyring.reserve(march);
    const fresh = new Uint8Array(randomBytes(32));
    const before = await bindingOf(first);
    if (!kind.shared) await closed(first);
    await assert.rejects(home.open(before, fresh), code('keyring-invalid'));
    const second = kind.shared ? first : await home.open(before);
    await second.keyring.rotateMaster(masterKey(fresh));
    const later = await second.keyring.reserve('2046-05' as Month);
    const bound = await bindingOf(second);
    await closed(second);
    await assert.rejects(home.open(bound), code('keyring-invalid'));
    const { keyring } = await home.open(bound, fresh);
    for (const one of [key, later]) assert.deepEqual(await keyring.open(one.id, one.month), one.key);
    assert.deepEqual((await keyring.verify()).damaged, []);
  });
}
