import { z } from 'zod';
import { normaliseRegisterNumber } from './registerNumber.js';
import { plus } from './retention.js';
import { documentNumber, documentTypes, procedures } from './statutoryRecord.js';
import { name, partialDay, text } from './text.js';
import { invalid, validated } from './validation.js';

/** What a passport office sends with the applicant's photo. */
export const applicationSchema = z.strictObject({
  applicationId: text(100),
  office: text(100),
  requestedBy: text(100).describe('The person behind the request.'),
  registerNumber: text(20)
    .refine((value) => /^\d{11}$/.test(normaliseRegisterNumber(value)))
    .optional()
    .describe('Eleven digits in any spelling. A wrong check number is a finding, not an error.'),
  familyName: name,
  givenNames: z.array(name).max(20),
  birthDate: partialDay.describe('YYYY-MM-DD, or YYYY-MM or YYYY where no more is known.'),
  birthPlace: text(200),
  claimedDocuments: z.array(documentNumber).max(10).describe('Numbers of documents the applicant names.'),
  documentType: z.enum(documentTypes),
  procedure: z.enum(procedures),
  receivedAt: z.iso
    .datetime({ offset: true })
    .describe('At most a year ago, and at most a day ahead of the service.'),
});

export type Application = z.output<typeof applicationSchema>;

/** An application's id is its office's own: two offices may use the same. */
export const applicationNameOf = (of: { readonly office: string; readonly applicationId: string }): string =>
  `${of.office}\0${of.applicationId}`;

/**
 * It decides which documents count as earlier ones, so it is no date of the caller's choice.
 *
 * @throws FacematchError `validation` at `/receivedAt`: more than a day ahead of now, or more than a year ago.
 */
export function requireRecent({ receivedAt }: Pick<Application, 'receivedAt'>, now: Date): void {
  const received = Date.parse(receivedAt);
  const fault = (code: string) => invalid('application', [{ path: ['receivedAt'], code }]);
  if (received > now.getTime() + 24 * 60 * 60 * 1000) throw fault('in-the-future');
  const dayOf = (moment: number) => new Date(moment).toISOString().slice(0, 10);
  if (plus(dayOf(received), { years: 1 }) < dayOf(now.getTime())) throw fault('too-long-ago');
}

/** @throws FacematchError `validation`, naming fields and never values. */
export function parseApplication(value: unknown): Application {
  return validated(applicationSchema, value, 'application');
}
