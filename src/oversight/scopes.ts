/** What each OAuth 2 scope lets a caller do; every route declares the one it needs, every role the ones it has. */
export const scopes = {
  'documents:write': 'Transfer documents into the fraud store',
  'documents:status':
    'Report a change of status of a document: lost, stolen, withdrawn, destroyed, chip, refusal',
  'documents:read': 'Read the record of a document',
  'documents:rectify': 'Correct what a record holds, with the reason',
  'quality:check': 'Check whether a photo is good enough, without keeping it',
  'comparisons:write': 'Compare an applicant with the last two passports',
  'comparisons:read': 'Read the outcome of a comparison',
  'comparisons:evidence': 'See scores, references and timings beside the outcome',
  'comparisons:query': 'Find comparisons by what they came to, when and where they were made, and numbers',
  'comparisons:decide': 'Record what was decided on an application',
  'comparisons:confirm': 'Give the applicant the confirmation of what was recorded',
  'reviews:read': 'See the queue of reviews and what became of each',
  'reviews:work': 'Take a review and give a verdict',
  'reviews:settle': 'Settle a review in which two people disagree, or that was escalated',
  'inquiries:read': 'Read the inquiries one is a member of',
  'inquiries:write': 'Open an inquiry, choose its members and records, extend and close it',
  'searches:request': 'Ask, within an inquiry, for a search of the store by a face',
  'searches:approve': 'Approve a search that another person asked for, and see every inquiry',
  'searches:read': 'See what a search found, and say what one sees in it',
  'holders:read': 'Find a holder and read everything recorded about them, for the holder',
  'border:lookup': 'Look up the one document presented at the border',
  'checkdoc:read':
    'Ask whether a document number is lost, stolen, withdrawn or invalid, and follow the changes',
  'audit:read': 'Read the audit trail and its signed heads',
  'reports:read': 'Read the figures on use',
  'mode:read': 'See whether the service is active, on trial or suspended, and the requests to change it',
  'mode:request': 'Ask for a trial, a suspension or an end of either',
  'mode:approve': 'Approve what another person asked for',
  'holds:write': 'Keep a record past its end for an inquiry or by order of a judge, or release it',
  'holds:read': 'See which records are kept past their end, and why',
  'operations:write': 'Start the destruction of what is due and the backup of the keyring',
  'metrics:read': 'Read the figures for monitoring',
} as const;

export type Scope = keyof typeof scopes;
