/** What each OAuth 2 scope lets a caller do; routes declare the one they need. */
export const scopes = {
  'documents:write': 'Transfer documents into the fraud store',
  'comparisons:write': 'Compare an applicant with the last two passports',
  'comparisons:read': 'Read the outcome of a comparison',
  'comparisons:evidence': 'See scores, references and timings beside the outcome',
  'metrics:read': 'Read the figures for monitoring',
} as const;

export type Scope = keyof typeof scopes;
