import type { Caller } from '../oversight/caller.js';

/** Who approves what is done in inquiries sees all of them. */
export const overseesInquiries = (caller: Caller): boolean => caller.scopes.has('searches:approve');
