import type { Generated } from 'kysely';
import type { EmbeddingSchema } from './embeddingSchema.js';
import type { InquirySchema } from './inquirySchema.js';
import type { OversightSchema } from './oversightSchema.js';
import type { RetentionSchema } from './retentionSchema.js';
import type { ReviewSchema } from './reviewSchema.js';
import type { SearchSchema } from './searchSchema.js';

/** Rows as the database holds them: look-up hashes and ciphertexts are bytes, dates ISO 8601 text. */
export interface Schema
  extends EmbeddingSchema,
    InquirySchema,
    OversightSchema,
    RetentionSchema,
    ReviewSchema,
    SearchSchema {
  store: {
    one: number;
    keyring_id: string;
    keyring_generation: number;
    lookup_check: Uint8Array;
    created_at: string;
    ledger_id: string | null;
    /** The last batch of the ledger whose records are gone from this database. */
    ledger_seq: Generated<number>;
    /** The last moment that retention believed the clock. */
    trusted_at: string | null;
  };
  holders: { id: string; created_at: string };
  documents: {
    id: string;
    holder_id: string;
    type: string;
    issued_on: string;
    number_key: Uint8Array;
    register_key: Uint8Array | null;
    pixels_key: Uint8Array;
    fingerprint: Uint8Array;
    embedding_model: string;
    embedding_state: string;
    key_id: string;
    retention_ends: string;
    received_at: string;
    record: Uint8Array;
    /** Which processing it was transferred from. */
    source: Generated<string>;
    status: Generated<string>;
    /** Counts rectifications, from 1. */
    revision: Generated<number>;
  };
  document_images: { document_id: string; kind: 'photo' | 'signature'; content: Uint8Array };
  document_identity_keys: { identity_key: Uint8Array; document_id: string };
  embeddings: { document_id: string; model: string; vector: Uint8Array };
  comparisons: {
    id: string;
    application_key: Uint8Array;
    office: string;
    outcome: string;
    created_at: string;
    model: string;
    calibration: string;
    policy: string;
    key_id: string;
    retention_ends: string;
    detail: Uint8Array;
    /** Whether it decided something when it was made. */
    mode: Generated<string>;
    /** What it is asked for by, beside the encrypted detail. */
    score: number | null;
    strength: number | null;
    /** What its latest review came to. */
    verdict: string | null;
    /** 0 while nothing of its detail can be asked for: made before that was possible. */
    queryable: Generated<number>;
  };
  probes: {
    comparison_id: string;
    key_id: string;
    retention_ends: string;
    photo: Uint8Array;
    embedding: Uint8Array | null;
  };
  idempotency: {
    key: Uint8Array;
    fingerprint: Uint8Array;
    kind: string;
    resource_id: string;
    created_at: string;
    expires_at: string;
  };
}
