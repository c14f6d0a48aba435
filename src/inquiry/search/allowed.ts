import { FacematchError, isFacematchError } from '../../errors.js';
import type { OpenedSearch, Store } from '../../store/store.js';
import type { SearchSettings } from './policy.js';

/** @throws FacematchError `search-disabled` */
export function requireEnabled({ enabled, sweepGround }: SearchSettings, kind: OpenedSearch['kind']): void {
  if (kind === 'search' ? enabled : sweepGround !== undefined) return;
  throw new FacematchError('search-disabled', 'Searches of this kind are switched off.', { kind });
}

/** @throws FacematchError `inquiry-closed`, also where the inquiry was destroyed */
export async function requireOpenInquiry(
  { inquiries }: Store,
  { inquiryId }: Pick<OpenedSearch, 'inquiryId'>,
  now: string,
): Promise<void> {
  const closed = () =>
    new FacematchError('inquiry-closed', 'The inquiry is closed, or its end has come.', { id: inquiryId });
  const { closedAt, endsAt } = await inquiries.get(inquiryId).catch((error: unknown) => {
    throw isFacematchError(error, 'not-found') ? closed() : error;
  });
  if (closedAt !== undefined || endsAt <= now) throw closed();
}
