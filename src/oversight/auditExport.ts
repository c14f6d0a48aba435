import type { AuditRow } from '../store/auditEntry.js';

/** An entry with everything its hash covers, so that the chain can be checked from the export alone. */
export function auditLine(row: AuditRow): Record<string, unknown> {
  return {
    seq: row.seq,
    at: row.at,
    actor: hex(row.actor_key),
    client: row.client,
    action: row.action,
    subject: row.subject_key && hex(row.subject_key),
    outcome: row.outcome,
    facts: row.facts,
    previous: hex(row.prev_hash),
    format: row.format,
    role: row.role,
    behalfKind: row.behalf_kind,
    behalf: row.behalf_key && hex(row.behalf_key),
    ground: row.ground,
    hash: hex(row.hash),
  };
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
