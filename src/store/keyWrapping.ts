import { open, seal } from './crypto/aead.js';
import type { MonthKey, RecordKey, WrappingKey } from './crypto/keys.js';
import type { Month } from './month.js';

/** A month key under the key derived from the master key. */
export function wrapMonthKey(wrapping: WrappingKey, month: Month, key: MonthKey): Uint8Array {
  return seal(wrapping, key, monthBinding(month));
}

/** @throws FacematchError `integrity-failure` */
export function unwrapMonthKey(wrapping: WrappingKey, month: Month, wrapped: Uint8Array): MonthKey {
  return open(wrapping, wrapped, monthBinding(month)) as MonthKey;
}

/** A record's key under its month key. */
export function wrapRecordKey(monthKey: MonthKey, id: string, month: Month, key: RecordKey): Uint8Array {
  return seal(monthKey, key, recordBinding(id, month));
}

/** @throws FacematchError `integrity-failure` */
export function unwrapRecordKey(
  monthKey: MonthKey,
  id: string,
  month: Month,
  wrapped: Uint8Array,
): RecordKey {
  return open(monthKey, wrapped, recordBinding(id, month)) as RecordKey;
}

/** The keyring's own id under the key derived from the master key: shows whether a master key is the right one. */
export function masterCheck(wrapping: WrappingKey, id: string): Uint8Array {
  return seal(wrapping, Buffer.from(id), checkBinding(id));
}

/** @throws FacematchError `integrity-failure` when the master key is another one or the check is damaged. */
export function verifyMaster(wrapping: WrappingKey, id: string, check: Uint8Array): void {
  open(wrapping, check, checkBinding(id));
}

function monthBinding(month: Month) {
  return { record: month, field: 'keyring.month-key', key: 'master' };
}

function recordBinding(id: string, month: Month) {
  return { record: id, field: 'keyring.data-key', key: month };
}

function checkBinding(id: string) {
  return { record: id, field: 'keyring.check', key: 'master' };
}
