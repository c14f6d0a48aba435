import type { Generated } from 'kysely';

/** The tables of oversight, as {@link Schema} has those of the records. */
export interface OversightSchema {
  audit: {
    seq: number;
    at: string;
    /** Keyed with the month's own key, so that it says nothing once that key is destroyed. */
    actor_key: Uint8Array;
    client: string;
    action: string;
    subject_key: Uint8Array | null;
    outcome: string;
    facts: string;
    prev_hash: Uint8Array;
    hash: Uint8Array;
    /** Which columns the hash covers. */
    format: Generated<number>;
    role: string | null;
    behalf_kind: string | null;
    behalf_key: Uint8Array | null;
    ground: string | null;
  };
  /** One key for the names of a month's actors. */
  audit_periods: { month: string; key_id: string; retention_ends: string };
  audit_people: { month: string; actor_key: Uint8Array; sealed: Uint8Array };
  audit_heads: {
    seq: number;
    at: string;
    hash: Uint8Array;
    public_key: Uint8Array;
    signature: Uint8Array;
  };
  use_counts: { day: string; action: string; outcome: string; n: number };
  comparison_counts: {
    day: string;
    mode: string;
    outcome: string;
    age_band: string;
    sex: string;
    n: number;
  };
  /**
   * What the comparisons on trial of a finished day came to, as it was counted last: JSON of a `TrialCount[]`. No row
   * where a verdict, a decision or a destruction came since, until it is counted again.
   */
  trial_days: { day: string; kept_at: string; counts: string };
  /** Of comparisons on trial that were destroyed; '' where there was no verdict or no decision. */
  trial_gone: { day: string; outcome: string; verdict: string; decision: string; n: number };
  /** What took effect, in its order; outlives the words written about it. */
  modes: {
    position: number;
    change_id: string;
    mode: 'active' | 'trial' | 'suspended';
    ends_at: string | null;
    since: string;
  };
  mode_changes: {
    id: string;
    mode: 'active' | 'trial' | 'suspended';
    ends_at: string | null;
    requested_at: string;
    requested_by: Uint8Array;
    expires_at: string;
    approved_at: string | null;
    key_id: string;
    retention_ends: string;
    detail: Uint8Array;
  };
  comparison_references: { comparison_id: string; position: number; document_id: string };
  comparison_subjects: { subject_key: Uint8Array; comparison_id: string; created_at: Generated<string> };
  comparison_decisions: { comparison_id: string; decision: string; decided_at: string };
  comparison_reevaluations: {
    id: string;
    comparison_id: string;
    at: string;
    outcome: string | null;
    detail: Uint8Array;
  };
  document_statuses: {
    position: Generated<number>;
    document_id: string;
    kind: string;
    on_day: string;
    recorded_at: string;
    detail: Uint8Array | null;
  };
  rectifications: { id: string; document_id: string; revision: number; at: string; detail: Uint8Array };
  rectification_images: {
    rectification_id: string;
    kind: 'photo' | 'signature';
    content: Uint8Array;
  };
}
