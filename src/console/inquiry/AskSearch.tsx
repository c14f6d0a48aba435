import { type FormEvent, useState } from 'react';
import type { Inquiry, SearchSummary } from '../api/types.js';
import { useApi, useWords } from '../app/context.js';
import { go } from '../app/route.js';
import { cleanText } from '../ui/cleanText.js';
import { Failure } from '../ui/Failure.js';
import { Field } from '../ui/Field.js';
import { useSend } from '../ui/useSend.js';

type Kind = 'search' | 'sweep';

/** Asking changes nothing yet: a second person approves. */
export function AskSearch({ inquiry, onAsked }: { readonly inquiry: Inquiry; readonly onAsked: () => void }) {
  const words = useWords();
  const [kind, setKind] = useState<Kind>();
  const asked = (searchId: string) => {
    onAsked();
    go(`/searches/${searchId}`);
  };
  return (
    <div className="ask">
      <div className="buttons">
        <button type="button" aria-expanded={kind === 'search'} onClick={() => setKind('search')}>
          {words('search.ask')}
        </button>
        <button type="button" aria-expanded={kind === 'sweep'} onClick={() => setKind('sweep')}>
          {words('search.askSweep')}
        </button>
      </div>
      {kind === 'search' && <SearchForm inquiry={inquiry} onAsked={asked} />}
      {kind === 'sweep' && <SweepForm inquiry={inquiry} onAsked={asked} />}
    </div>
  );
}

interface FormProps {
  readonly inquiry: Inquiry;
  readonly onAsked: (searchId: string) => void;
}

function SearchForm({ inquiry, onAsked }: FormProps) {
  const api = useApi();
  const words = useWords();
  const [probe, setProbe] = useState(inquiry.records[0]?.id ?? 'photo');
  const [photo, setPhoto] = useState<File>();
  const [reason, setReason] = useState('');
  const { busy, error, send } = useSend();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const path = `/v1/inquiries/${inquiry.inquiryId}/searches`;
    const record = inquiry.records.find(({ id }) => id === probe);
    void send(async () => {
      const made = await (record === undefined
        ? api.postForm<SearchSummary>(path, photoForm(cleanText(reason), photo))
        : api.post<SearchSummary>(path, {
            probe: record.kind === 'comparison' ? { comparisonId: record.id } : { documentId: record.id },
            reason: cleanText(reason),
          }));
      onAsked(made.searchId);
    });
  };
  return (
    <form onSubmit={submit} className="stack">
      <p className="hint">{words('search.askNote')}</p>
      <Field label={words('search.probe')}>
        <select value={probe} onChange={({ target }) => setProbe(target.value)}>
          {inquiry.records.map(({ kind, id }) => (
            <option key={id} value={id}>
              {words(`inquiry.kind.${kind}`)} {id.slice(0, 8)}
            </option>
          ))}
          <option value="photo">{words('search.probePhoto')}</option>
        </select>
      </Field>
      {probe === 'photo' && (
        <Field label={words('search.probePhoto')}>
          <input
            type="file"
            required
            accept="image/jpeg,image/png,image/webp"
            onChange={({ target }) => setPhoto(target.files?.[0])}
          />
        </Field>
      )}
      <Reason value={reason} onChange={setReason} />
      {error !== undefined && <Failure error={error} />}
      <button type="submit" className="primary" disabled={busy}>
        {words('search.ask')}
      </button>
    </form>
  );
}

function photoForm(reason: string, photo: File | undefined): FormData {
  const form = new FormData();
  form.append('search', new Blob([JSON.stringify({ reason })], { type: 'application/json' }));
  if (photo !== undefined) form.append('photo', photo);
  return form;
}

function SweepForm({ inquiry, onAsked }: FormProps) {
  const api = useApi();
  const words = useWords();
  const [reason, setReason] = useState('');
  const [ground, setGround] = useState('');
  const { busy, error, send } = useSend();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void send(async () => {
      const made = await api.post<SearchSummary>(`/v1/inquiries/${inquiry.inquiryId}/sweeps`, {
        reason: cleanText(reason),
        ground: cleanText(ground),
      });
      onAsked(made.searchId);
    });
  };
  return (
    <form onSubmit={submit} className="stack">
      <p className="hint">{words('search.askSweepNote')}</p>
      <Field label={words('search.ground')}>
        <input required maxLength={500} value={ground} onChange={({ target }) => setGround(target.value)} />
      </Field>
      <Reason value={reason} onChange={setReason} />
      {error !== undefined && <Failure error={error} />}
      <button type="submit" className="primary" disabled={busy}>
        {words('search.askSweep')}
      </button>
    </form>
  );
}

function Reason({ value, onChange }: { readonly value: string; onChange(value: string): void }) {
  const words = useWords();
  return (
    <Field label={words('search.reason')}>
      <textarea
        required
        rows={2}
        maxLength={1000}
        value={value}
        onChange={({ target }) => onChange(target.value)}
      />
    </Field>
  );
}
