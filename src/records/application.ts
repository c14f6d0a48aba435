import { z } from 'zod';
import { normaliseRegisterNumber } from './registerNumber.js';
import { documentNumber, documentTypes, procedures } from './statutoryRecord.js';
import { name, partialDay, text } from './text.js';
import { validated } from './validation.js';

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
  receivedAt: z.iso.datetime({ offset: true }),
});

export type Application = z.output<typeof applicationSchema>;

/** @throws FacematchError `validation`, naming fields and never values. */
export function parseApplication(value: unknown): Application {
  return validated(applicationSchema, value, 'application');
}
