import type { HeldKind } from './holds.js';

/** The tables of inquiries, as {@link Schema} has those of the records. */
export interface InquirySchema {
  inquiries: {
    id: string;
    opened_at: string;
    ends_at: string;
    closed_at: string | null;
    key_id: string;
    retention_ends: string;
    detail: Uint8Array;
  };
  inquiry_members: { inquiry_id: string; person_key: Uint8Array; name: Uint8Array };
  inquiry_records: {
    inquiry_id: string;
    kind: HeldKind;
    record_id: string;
    hold_id: string;
    added_at: string;
    detail: Uint8Array;
  };
  inquiry_events: { id: string; inquiry_id: string; at: string; action: string; detail: Uint8Array };
}
