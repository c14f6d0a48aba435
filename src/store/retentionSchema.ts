/** The tables of retention and destruction, as {@link Schema} has those of the records. */
export interface RetentionSchema {
  holds: {
    id: string;
    kind: 'document' | 'comparison';
    record_id: string;
    ground: 'inquiry' | 'judicial';
    placed_at: string;
    ends_on: string;
    released_at: string | null;
    key_id: string;
    retention_ends: string;
    detail: Uint8Array;
  };
  destruction_intents: {
    id: string;
    kind: string;
    month: string;
    ground: string;
    begun_at: string;
    /** JSON: pairs of record id and key id. */
    records: string;
  };
  retention_runs: {
    id: string;
    started_at: string;
    ended_at: string | null;
    outcome: string;
    /** JSON: how many of each kind. */
    destroyed: string;
    /** Only of a run that was ordered against the checks: its reason. */
    key_id: string | null;
    retention_ends: string | null;
    detail: Uint8Array | null;
  };
}
