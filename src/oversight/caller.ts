import type { AuditEntry } from '../store/store.js';
import { type RoleName, roleOf } from './roles.js';

export const languages = ['en', 'fr', 'nl', 'de'] as const;
export type Language = (typeof languages)[number];

/** Who asks: a system's token, and the person behind it where the token names one. */
export interface Caller {
  /** The calling system (OAuth 2 `client_id`). */
  readonly client: string;
  /** The token's `sub`. */
  readonly subject: string;
  /** The person behind the system's request. */
  readonly person?: string | undefined;
  /** The passport office the caller belongs to; a caller with an office sees only that office's applications. */
  readonly office?: string | undefined;
  /** In which role they act; absent only for tokens of development. */
  readonly role?: RoleName | undefined;
  /** The id of the fraud inquiry within which they act, which they may. */
  readonly inquiry?: string | undefined;
  readonly scopes: ReadonlySet<string>;
  readonly language: Language;
}

/** What the trail notes about a caller, in every entry alike. */
export function by(
  caller: Omit<Caller, 'language' | 'scopes'>,
): Pick<AuditEntry, 'client' | 'actor' | 'role' | 'ground' | 'onBehalfOf'> {
  return {
    client: caller.client,
    actor: caller.person ?? caller.subject,
    role: caller.role,
    ground: caller.role === undefined ? undefined : roleOf(caller.role).ground,
    onBehalfOf: caller.inquiry === undefined ? undefined : { inquiry: caller.inquiry },
  };
}

/** With whom a caller shares a fair part of the service: everybody whom the same system asks for in the same office. */
export const partyOf = ({ client, office }: Pick<Caller, 'client' | 'office'>): string =>
  JSON.stringify([client, office ?? null]);

/** What tells one caller from another: the same token names of two systems are two callers. */
export type Identity = Pick<Caller, 'client' | 'subject' | 'person' | 'office'>;

export const identityOf = ({ client, subject, person, office }: Identity): string =>
  JSON.stringify([client, subject, person ?? null, office ?? null]);
