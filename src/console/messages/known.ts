import { en } from './en.js';
import type { MessageKey } from './messages.js';

/** Whether there are words for a code of the service that this console may not know yet. */
export const isMessage = (key: string): key is MessageKey => Object.hasOwn(en, key);
