import type { RoleName } from '../api/types.js';

export interface Me {
  readonly person: string | null;
  readonly office: string | null;
  readonly role: RoleName | null;
  readonly scopes: readonly string[];
  readonly mode: {
    readonly mode: 'active' | 'trial' | 'suspended';
    readonly reason?: string;
    readonly until?: string;
  };
}

export type SessionState =
  | { readonly kind: 'signed-out'; readonly failure?: 'refused' | 'failed' | 'other-person' | 'issuer-kept' }
  /** A second window that has done its work. */
  | { readonly kind: 'handed-over' }
  | {
      readonly kind: 'signed-in';
      readonly me: Me;
      /** The token is over: the page stays as it is, and waits. */
      readonly expired: boolean;
      /** Nobody was there: the page is not even shown until the same person has signed in anew. */
      readonly locked: boolean;
      readonly renewalFailed: boolean;
    };

export interface DevelopmentPerson {
  readonly person: string;
  readonly role: RoleName;
  readonly office?: string;
}
