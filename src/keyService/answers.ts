import type { z } from 'zod';
import { FacematchError, isFacematchError } from '../errors.js';
import {
  base64,
  type KeyOperation,
  keyOperations,
  problemCodes,
  wireOfNumbered,
} from '../store/keys/keyProtocol.js';
import type { Keys } from '../store/openKeys.js';

type Parsed<O extends KeyOperation> = z.output<(typeof keyOperations)[O]['request']>;
type Answered<O extends KeyOperation> = z.input<(typeof keyOperations)[O]['answer']>;
type Answers = { readonly [O in KeyOperation]: (request: Parsed<O>) => Promise<Answered<O>> };

/** What a service of keys answers, from a keyring and a ledger of its own. */
function answersOf({ keyring, ledger }: Keys): Answers {
  return {
    state: async () => {
      const [state, months, seq] = await Promise.all([keyring.state(), keyring.months(), ledger.lastSeq()]);
      return { id: keyring.id, ...state, months, ledger: { id: ledger.id, seq } };
    },
    reserve: async ({ month, count }) => {
      const keys = await keyring.reserveMany(month, count);
      return {
        generation: Math.max(...keys.map(({ generation }) => generation)),
        keys: keys.map(({ id, key }) => ({ id, key: base64(key) })),
      };
    },
    open: async ({ keys }) => ({
      keys: await Promise.all(
        keys.map(({ id, month }) =>
          keyring.open(id, month).then(
            (key) => ({ key: base64(key) }),
            (error: unknown) => {
              for (const code of ['not-found', 'integrity-failure', 'keyring-invalid'] as const) {
                if (isFacematchError(error, code)) return { error: code };
              }
              throw error;
            },
          ),
        ),
      ),
    }),
    'destroy-keys': ({ month, ids, ledgerSeq }) => keyring.destroyKeys(month, ids, ledgerSeq),
    'destroy-month': ({ month, heldIds, ledgerSeq }) => keyring.destroyMonth(month, heldIds, ledgerSeq),
    'rotate-month': async ({ month }) => {
      await keyring.rotateMonth(month);
      return {};
    },
    verify: async () => {
      const { keys, damaged } = await keyring.verify();
      return { keys, damaged: [...damaged] };
    },
    'ledger-append': async (batch) => ({ seq: await ledger.append(batch) }),
    'ledger-after': async ({ seq, limit }) => ({
      batches: (await ledger.after(seq, limit)).map(wireOfNumbered),
    }),
    'ledger-find': async ({ recordKey }) => {
      const batch = await ledger.find(recordKey);
      return batch === undefined ? {} : { batch: wireOfNumbered(batch) };
    },
    'ledger-verify': async () => {
      const broken = await ledger.verify();
      return broken === undefined ? {} : { broken };
    },
    'ledger-prune': async ({ before }) => {
      await ledger.prune(new Date(before));
      return {};
    },
  };
}

export const isKeyOperation = (name: string): name is KeyOperation => Object.hasOwn(keyOperations, name);

/**
 * Reads one request and answers it.
 *
 * @throws FacematchError `input-invalid` for a request that is none, and what the keyring throws.
 */
export function keyAnswerer(keys: Keys): (operation: KeyOperation, request: unknown) => Promise<object> {
  const answers = answersOf(keys);
  const answer = async <O extends KeyOperation>(operation: O, request: unknown): Promise<object> => {
    const read = keyOperations[operation].request.safeParse(request);
    if (!read.success) throw new FacematchError('input-invalid', 'The request is not one of this operation.');
    return answers[operation](read.data as Parsed<O>);
  };
  return answer;
}

const statuses: Readonly<Record<string, number>> = {
  'not-found': 404,
  'integrity-failure': 500,
  'keyring-invalid': 500,
  'ledger-invalid': 500,
  'retention-over': 409,
  'store-unavailable': 503,
  'storage-full': 507,
  'input-invalid': 400,
};

/** What is said of a failure: a code and nothing else. */
export function keyProblem(error: unknown): { readonly status: number; readonly code: string } {
  const code = problemCodes.find((known) => isFacematchError(error, known));
  return code === undefined ? { status: 500, code: 'internal' } : { status: statuses[code] ?? 500, code };
}
