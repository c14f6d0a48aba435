import { z } from 'zod';
import { applicationNameOf } from '../records/application.js';
import { normaliseDocumentNumber } from '../records/documentNumber.js';
import { text } from '../records/text.js';
import { invalid, validated } from '../records/validation.js';
import type { AuditLine, Store } from '../store/store.js';
import type { AuditHeads, SignedHead } from './auditHeads.js';
import { by, type Caller } from './caller.js';

const cursor = z.string().regex(/^\d{1,15}$/);
const moment = z.iso.datetime({ offset: true }).or(z.iso.date());

/** What may stand in an address: nothing of it says who or what. */
export const auditFilterSchema = z.strictObject({
  from: moment.optional(),
  to: moment.optional().describe('Before this moment or day'),
  action: text(60).optional(),
  outcome: text(60).optional(),
  client: text(256).optional().describe('The calling system'),
  role: text(60).optional(),
  after: cursor.optional().describe('Cursor of the page before'),
  limit: z.coerce.number().int().min(1).max(1000).optional(),
});

/** What has to stand in a body: it names people, documents or applications. */
export const auditQuerySchema = auditFilterSchema.extend({
  person: text(256).optional(),
  recordId: text(64).optional().describe('Of a document, comparison or holder'),
  documentNumber: text(40).optional(),
  application: z.strictObject({ office: text(100), applicationId: text(100) }).optional(),
  inquiry: text(64).optional().describe('Its id'),
});

export const auditPageSchema = z.strictObject({
  entries: z.array(
    z.strictObject({
      seq: z.int(),
      at: z.iso.datetime(),
      client: z.string(),
      actor: z.string().optional().describe('Absent once the retention of staff identifiers is over'),
      role: z.string().optional(),
      ground: z.string().optional(),
      onBehalfOf: z
        .strictObject({ kind: z.enum(['application', 'inquiry']), key: z.string() })
        .optional()
        .describe('Keyed hash'),
      action: z.string(),
      subject: z.string().optional().describe('Keyed hash of the record'),
      outcome: z.string(),
      facts: z.record(z.string(), z.unknown()),
      hash: z.string(),
    }),
  ),
  next: z.string().optional().describe('Cursor of the next page; absent on the last one'),
});
export type AuditPage = z.output<typeof auditPageSchema>;

export interface AuditAccess {
  /** By what may stand in an address. @throws FacematchError `validation` */
  list(query: unknown, caller: Caller): Promise<AuditPage>;
  /** By anything. @throws FacematchError `validation` */
  query(document: unknown, caller: Caller): Promise<AuditPage>;
  head(caller: Caller): Promise<SignedHead>;
}

const pageSize = 100;

export function createAuditAccess(store: Store, heads: Pick<AuditHeads, 'signHead'>): AuditAccess {
  const find = async (asked: z.output<typeof auditQuerySchema>, caller: Caller): Promise<AuditPage> => {
    const limit = asked.limit ?? pageSize;
    const { person, action, outcome, client, role } = asked;
    const filter = {
      ...{ person, action, outcome, client, role },
      from: momentOf(asked.from),
      to: momentOf(asked.to),
      ...subjectsOf(asked),
    };
    const found = await store.auditQuery.find(filter, Number(asked.after ?? 0), limit + 1);
    await store.audit.append({
      ...by(caller),
      action: 'audit.read',
      outcome: 'done',
      facts: { entries: Math.min(found.length, limit), filters: Object.keys(asked) },
    });
    const entries = found.slice(0, limit);
    const last = entries.at(-1);
    return {
      entries: entries.map(plain),
      ...(found.length > limit && last !== undefined ? { next: String(last.seq) } : {}),
    };
  };
  return {
    list: (query, caller) => find(validated(auditFilterSchema, query, 'query'), caller),
    query: (document, caller) => find(validated(auditQuerySchema, document, 'query'), caller),
    async head(caller) {
      await store.audit.append({ ...by(caller), action: 'audit.head', outcome: 'done' });
      return heads.signHead();
    },
  };
}

function subjectsOf({ recordId, documentNumber, application, inquiry }: z.output<typeof auditQuerySchema>) {
  if (recordId !== undefined && documentNumber !== undefined) {
    throw invalid('query', [{ path: ['documentNumber'], code: 'one-of' }]);
  }
  if (application !== undefined && inquiry !== undefined) {
    throw invalid('query', [{ path: ['inquiry'], code: 'one-of' }]);
  }
  return {
    ...(recordId !== undefined && { subject: { record: recordId } }),
    ...(documentNumber !== undefined && {
      subject: { documentNumber: normaliseDocumentNumber(documentNumber) },
    }),
    ...(application !== undefined && { onBehalfOf: { application: applicationNameOf(application) } }),
    ...(inquiry !== undefined && { onBehalfOf: { inquiry } }),
  };
}

/** A day begins at midnight, UTC, as the trail's times are. */
function momentOf(given: string | undefined): string | undefined {
  return given === undefined ? undefined : new Date(given).toISOString();
}

function plain(line: AuditLine): AuditPage['entries'][number] {
  const { actor, role, ground, onBehalfOf, subject, facts, ...rest } = line;
  return {
    ...rest,
    facts: { ...facts },
    ...(actor !== undefined && { actor }),
    ...(role !== undefined && { role }),
    ...(ground !== undefined && { ground }),
    ...(subject !== undefined && { subject }),
    ...(onBehalfOf !== undefined && {
      onBehalfOf: { kind: onBehalfOf.kind as 'application' | 'inquiry', key: onBehalfOf.key },
    }),
  };
}
