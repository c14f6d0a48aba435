import { useEffect } from 'react';
import type { Inquiry } from '../api/types.js';
import { useGet } from '../api/useGet.js';
import { useApp, useMe } from '../app/context.js';

/**
 * An investigator may look at records only within an inquiry: opening one, or a search of it, is acting in it. True
 * once that is settled, so that nothing is asked for before.
 */
export function useActing(inquiryId: string | undefined): boolean {
  const { acting, actWithin } = useApp();
  const me = useMe();
  const needed =
    me.role === 'investigator' && inquiryId !== undefined && acting?.inquiryId !== inquiryId
      ? inquiryId
      : undefined;
  const { data } = useGet<Inquiry>(needed === undefined ? null : `/v1/inquiries/${needed}`);
  const mine =
    data?.inquiryId === needed &&
    data?.status === 'open' &&
    me.person !== null &&
    data.members.includes(me.person);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it is known.
  useEffect(() => {
    if (mine && data !== undefined) actWithin(data);
  }, [mine, data]);
  return needed === undefined || (data !== undefined && !mine);
}
