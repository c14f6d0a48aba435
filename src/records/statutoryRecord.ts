import { z } from 'zod';
import { FacematchError } from '../errors.js';
import { countryCodes } from './countryCodes.js';
import { normaliseDocumentNumber } from './documentNumber.js';
import { refuseForbiddenFields } from './forbiddenFields.js';
import { registerNumberValid } from './registerNumber.js';
import { day, name, partialDay, text } from './text.js';
import { validated } from './validation.js';

export const documentTypes = [
  'passport',
  'travel-document-foreigner',
  'travel-document-refugee',
  'travel-document-stateless',
  'eu-emergency-travel-document',
] as const;
export type DocumentType = (typeof documentTypes)[number];

export const procedures = ['normal', 'urgent'] as const;
export const emergencyRoles = ['assisting-state', 'state-of-nationality'] as const;

/** A document number in any spelling that leaves 3 to 20 letters and digits. */
export const documentNumber = text(40).refine((value) => {
  const { length } = normaliseDocumentNumber(value);
  return length >= 3 && length <= 20;
});

/** The law keeps no nationality for these. */
const withoutNationality: ReadonlySet<DocumentType> = new Set([
  'travel-document-foreigner',
  'travel-document-refugee',
  'travel-document-stateless',
]);

const holder = z.strictObject({
  familyName: name,
  givenNames: z.array(name).max(20).describe('In their order; empty where the holder has none.'),
  birthDate: partialDay.describe('YYYY-MM-DD, or YYYY-MM or YYYY where no more is known.'),
  birthPlace: text(200),
  sex: z.enum(['F', 'M', 'X']),
  registerNumber: text(20)
    .refine(registerNumberValid)
    .optional()
    .describe('Belgian National Register number with its check number.'),
  nationality: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .refine((code) => countryCodes.has(code))
    .optional()
    .describe('ISO 3166-1 alpha-3; not for travel documents of foreigners, refugees and stateless persons.'),
});

const document = z.strictObject({
  number: documentNumber,
  type: z.enum(documentTypes),
  role: z
    .enum(emergencyRoles)
    .optional()
    .describe('For EU emergency travel documents: in which role they were handled.'),
  procedure: z.enum(procedures),
  issuedOn: day,
  issuedAt: text(200),
  issuingAuthority: text(200),
  expiresOn: day,
});

const production = z.strictObject({
  place: text(200),
  application: z.strictObject({
    place: text(200),
    receivedOn: day,
    sequenceNumber: text(60),
    administration: text(200),
    sentOn: day,
    sendingNumber: text(60),
  }),
  refusal: z.strictObject({ reason: text(500), on: day }).optional(),
  status: z.strictObject({ value: text(60), on: day }),
  chipStatus: text(60),
});

/** What the fields say to one another. */
function consistent(
  { holder: person, document: paper }: Held,
  context: { addIssue(issue: { code: 'custom'; path: string[]; params: { code: string } }): void },
): void {
  const fault = (path: string[], code: string) =>
    context.addIssue({ code: 'custom', path, params: { code } });
  if (person.nationality !== undefined && withoutNationality.has(paper.type)) {
    fault(['holder', 'nationality'], 'not-for-this-type');
  }
  if (paper.type === 'eu-emergency-travel-document' && paper.role === undefined) {
    fault(['document', 'role'], 'required-for-this-type');
  }
  if (paper.type !== 'eu-emergency-travel-document' && paper.role !== undefined) {
    fault(['document', 'role'], 'not-for-this-type');
  }
  if (paper.expiresOn < paper.issuedOn) fault(['document', 'expiresOn'], 'before-issue');
  if (person.birthDate > paper.issuedOn.slice(0, person.birthDate.length)) {
    fault(['holder', 'birthDate'], 'after-issue');
  }
}
type Held = { readonly holder: z.output<typeof holder>; readonly document: z.output<typeof document> };

/** A document that is not made yet has neither a place of production nor a chip. */
const beforeProduction = production.partial({ place: true, chipStatus: true });

/**
 * What the processing against fraud may hold on one document, and nothing else (Belgian law of 10 February 2015 on
 * passport data; photo and signature travel beside it). How much of the production is known depends on the
 * processing it comes from.
 */
export const statutoryRecordSchema = z
  .strictObject({ holder, document, production: beforeProduction.optional() })
  .superRefine(consistent);

export type StatutoryRecord = z.output<typeof statutoryRecordSchema>;

/** The processings that transfer their records here when their own period is over, each with its own form. */
export const transferSchemas = {
  production: z
    .strictObject({ source: z.literal('production').optional(), holder, document, production })
    .superRefine(consistent)
    .describe('From the production of passports, the default'),
  'pre-registration': z
    .strictObject({ source: z.literal('pre-registration'), holder, document, production: beforeProduction })
    .superRefine(consistent)
    .describe('From pre-registration and replacement for Belgians abroad'),
  billing: z
    .strictObject({ source: z.literal('billing'), holder, document })
    .superRefine(consistent)
    .describe('From billing, which knows the holder and the document'),
} as const;

export type TransferSource = keyof typeof transferSchemas;

export const transferSchema = z.union([
  transferSchemas.production,
  transferSchemas['pre-registration'],
  transferSchemas.billing,
]);

/** @throws FacematchError `forbidden-field` or `validation`, naming fields and never values. */
export function parseTransfer(value: unknown): {
  readonly source: TransferSource;
  readonly record: StatutoryRecord;
} {
  refuseForbiddenFields(value, 'record');
  const named = typeof value === 'object' && value !== null && 'source' in value ? value.source : undefined;
  const source = sources.find((known) => known === named) ?? 'production';
  const { source: _named, ...record } = validated<TransferDocument>(transferSchemas[source], value, 'record');
  return { source, record };
}
type TransferDocument = z.output<typeof transferSchema>;
const sources = Object.keys(transferSchemas) as TransferSource[];

/** @throws FacematchError `forbidden-field` or `validation`, naming fields and never values. */
export function parseStatutoryRecord(value: unknown): StatutoryRecord {
  refuseForbiddenFields(value, 'record');
  return validated(statutoryRecordSchema, value, 'record');
}

/**
 * A record as the store gives it back.
 *
 * @throws FacematchError `integrity-failure` when it is no record.
 */
export function storedRecord(value: unknown): StatutoryRecord {
  const parsed = statutoryRecordSchema.safeParse(value);
  if (!parsed.success) throw new FacematchError('integrity-failure', 'A stored record does not read as one.');
  return parsed.data;
}

/** The same record gives the same bytes, however its sender ordered the fields. */
export function canonicalBytes(record: StatutoryRecord): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(record, sortKeys));
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
