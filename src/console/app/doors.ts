import type { Scope } from '../api/types.js';
import type { MessageKey } from '../messages/messages.js';

/** The pages of the navigation, each with the right that shows its door. */
export const doors = [
  { path: 'queue', label: 'nav.queue', scope: 'reviews:read' },
  { path: 'comparisons', label: 'nav.query', scope: 'comparisons:query' },
  { path: 'inquiries', label: 'nav.inquiries', scope: 'inquiries:read' },
  { path: 'oversight', label: 'nav.oversight', scope: 'reports:read' },
] as const satisfies readonly { path: string; label: MessageKey; scope: Scope }[];
