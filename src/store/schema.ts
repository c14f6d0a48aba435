/** Rows as the database holds them: look-up hashes and ciphertexts are bytes, dates ISO 8601 text. */
export interface Schema {
  store: {
    one: number;
    keyring_id: string;
    keyring_generation: number;
    lookup_check: Uint8Array;
    created_at: string;
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
  audit: {
    seq: number;
    at: string;
    actor_key: Uint8Array;
    client: string;
    action: string;
    subject_key: Uint8Array | null;
    outcome: string;
    facts: string;
    prev_hash: Uint8Array;
    hash: Uint8Array;
  };
}
