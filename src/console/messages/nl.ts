import { en } from './en.js';
import type { Messages } from './messages.js';
export const nl: Messages = en;
