/**
 * Content security policy of the console: nothing inline, nothing from elsewhere, no frames; photos are blobs made
 * from what was fetched with the token, and the one other origin it may talk to is the token issuer's.
 */
export function consolePolicy(issuer: string | undefined): string {
  const origins = [
    "'self'",
    ...(issuer !== undefined && URL.canParse(issuer) ? [new URL(issuer).origin] : []),
  ];
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob:",
    `connect-src ${origins.join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}
