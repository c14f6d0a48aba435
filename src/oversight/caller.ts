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
  readonly scopes: ReadonlySet<string>;
  readonly language: Language;
}
