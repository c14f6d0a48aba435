import type { en } from './en.js';

export type MessageKey = keyof typeof en;

/** A missing or surplus key does not compile. `{name}` stands for a value. */
export type Messages = Readonly<Record<MessageKey, string>>;
