/** The tables of searches, as {@link Schema} has those of the records. */
export interface SearchSchema {
  searches: {
    id: string;
    inquiry_id: string;
    kind: 'search' | 'sweep';
    status: 'requested' | 'refused' | 'running' | 'done' | 'failed';
    requested_at: string;
    /** Keyed hash of the person. */
    requested_by: Uint8Array;
    decided_at: string | null;
    started_at: string | null;
    ended_at: string | null;
    /** Of the service when it began. */
    mode: string | null;
    model: string | null;
    /** Searched: what the store was when it began, up to `last_document`. */
    documents: number | null;
    /** Comparisons of documents of different holders, or of the probe with others than its own. */
    compared: number | null;
    /** Candidates or pairs above the floor, those beyond the most that are kept included. */
    reached: number | null;
    last_document: string | null;
    error: string | null;
    key_id: string;
    retention_ends: string;
    detail: Uint8Array;
    /** Of a probe that was handed in. */
    photo: Uint8Array | null;
    decision: Uint8Array | null;
  };
  /** What is kept of a search until it ends, so that another process can go on with it. */
  search_work: {
    search_id: string;
    /** How often it was begun: whoever began it last may write of it. */
    starts: number;
    /** Of these, how often it was put down in order. */
    stops: number;
    /** Thousandths. */
    progress: number;
    /** How far a sweep has come. */
    checkpoint: Uint8Array | null;
  };
  search_findings: {
    search_id: string;
    rank: number;
    document_id: string;
    /** The other document of a pair. */
    other_id: string | null;
    detail: Uint8Array;
  };
  search_verifications: {
    search_id: string;
    rank: number;
    /** From 0, in the order they were given. */
    position: number;
    person_key: Uint8Array;
    at: string;
    detail: Uint8Array;
  };
}
