import { type FormEvent, useState } from 'react';
import type { Inquiry, List } from '../api/types.js';
import { useGet } from '../api/useGet.js';
import { useApi, useWords } from '../app/context.js';
import { cleanText } from '../ui/cleanText.js';
import { Dialog } from '../ui/Dialog.js';
import { Failure } from '../ui/Failure.js';
import { Field } from '../ui/Field.js';
import { Loaded } from '../ui/Loaded.js';
import { Note } from '../ui/Note.js';
import { useSend } from '../ui/useSend.js';

/** Puts a comparison into an open inquiry, which keeps it past its end. */
export function AddToInquiry({ comparisonId }: { readonly comparisonId: string }) {
  const words = useWords();
  const [open, setOpen] = useState(false);
  const [added, setAdded] = useState<string>();
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>
        {words('comparison.addToInquiry')}
      </button>
      {added !== undefined && <Note kind="good">{words('inquiry.recordAdded', { reference: added })}</Note>}
      {open && (
        <Dialog title={words('comparison.addToInquiry')} onClose={() => setOpen(false)}>
          <Choice
            comparisonId={comparisonId}
            onAdded={(reference) => {
              setAdded(reference);
              setOpen(false);
            }}
          />
        </Dialog>
      )}
    </>
  );
}

function Choice({
  comparisonId,
  onAdded,
}: {
  readonly comparisonId: string;
  readonly onAdded: (reference: string) => void;
}) {
  const words = useWords();
  const inquiries = useGet<List<Inquiry>>('/v1/inquiries');
  return (
    <Loaded got={inquiries}>
      {({ items }) => {
        const open = items.filter(({ status }) => status === 'open');
        return open.length === 0 ? (
          <Note>{words('inquiry.noneOpen')}</Note>
        ) : (
          <AddForm inquiries={open} comparisonId={comparisonId} onAdded={onAdded} />
        );
      }}
    </Loaded>
  );
}

function AddForm({
  inquiries,
  comparisonId,
  onAdded,
}: {
  readonly inquiries: readonly Inquiry[];
  readonly comparisonId: string;
  readonly onAdded: (reference: string) => void;
}) {
  const api = useApi();
  const words = useWords();
  const [inquiryId, setInquiry] = useState(inquiries[0]?.inquiryId ?? '');
  const [reason, setReason] = useState('');
  const { busy, error, send } = useSend();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const reference = inquiries.find((one) => one.inquiryId === inquiryId)?.reference ?? '';
    void send(() =>
      api.post(`/v1/inquiries/${inquiryId}/records`, { comparisonId, reason: cleanText(reason) }),
    ).then((done) => {
      if (done) onAdded(reference);
    });
  };
  return (
    <form onSubmit={submit} className="stack">
      <Field label={words('inquiry.choose')}>
        <select value={inquiryId} onChange={({ target }) => setInquiry(target.value)}>
          {inquiries.map((one) => (
            <option key={one.inquiryId} value={one.inquiryId}>
              {one.reference}
            </option>
          ))}
        </select>
      </Field>
      <Field label={words('inquiry.reason')}>
        <textarea
          required
          rows={2}
          maxLength={1000}
          value={reason}
          onChange={({ target }) => setReason(target.value)}
        />
      </Field>
      {error !== undefined && <Failure error={error} />}
      <button type="submit" className="primary" disabled={busy}>
        {words('inquiry.addRecord')}
      </button>
    </form>
  );
}
