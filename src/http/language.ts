import type { Request } from 'express';
import { type Language, languages } from '../oversight/caller.js';

/** The best of our languages for `Accept-Language` (RFC 9110 section 12.5.4; `fr-BE` gets `fr`), else English. */
export function negotiate(request: Request): Language {
  const best = request.acceptsLanguages(...languages);
  return languages.find((language) => language === best) ?? 'en';
}
