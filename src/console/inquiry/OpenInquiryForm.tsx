import { type FormEvent, useState } from 'react';
import type { Inquiry } from '../api/types.js';
import { useApi, useMe, useWords } from '../app/context.js';
import { cleanText } from '../ui/cleanText.js';
import { Failure } from '../ui/Failure.js';
import { Field } from '../ui/Field.js';
import { useSend } from '../ui/useSend.js';

export function OpenInquiryForm({ onOpened }: { readonly onOpened: (id: string) => void }) {
  const api = useApi();
  const words = useWords();
  const me = useMe();
  const [typed, setTyped] = useState({
    reference: '',
    ground: '',
    purpose: '',
    members: me.person ?? '',
    endsOn: inDays(90),
  });
  const { busy, error, send } = useSend();
  const field = (name: keyof typeof typed) => ({
    required: true,
    value: typed[name],
    onChange: ({ target }: { target: { value: string } }) => setTyped({ ...typed, [name]: target.value }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { reference, ground, purpose, members, endsOn } = typed;
    void send(async () => {
      const { inquiryId } = await api.post<Inquiry>('/v1/inquiries', {
        reference: cleanText(reference),
        ground: cleanText(ground),
        purpose: cleanText(purpose),
        members: members
          .split('\n')
          .map(cleanText)
          .filter((member) => member !== ''),
        endsAt: `${endsOn}T00:00:00Z`,
      });
      onOpened(inquiryId);
    });
  };
  return (
    <form onSubmit={submit} className="stack">
      <Field label={words('inquiries.reference')}>
        <input maxLength={200} {...field('reference')} />
      </Field>
      <Field label={words('inquiries.ground')}>
        <input maxLength={500} {...field('ground')} />
      </Field>
      <Field label={words('inquiries.purpose')}>
        <textarea rows={2} maxLength={1000} {...field('purpose')} />
      </Field>
      <Field label={words('inquiries.members')} hint={words('inquiries.membersHint')}>
        <textarea rows={3} {...field('members')} />
      </Field>
      <Field label={words('inquiries.endsAt')}>
        <input type="date" min={inDays(1)} {...field('endsOn')} />
      </Field>
      {error !== undefined && <Failure error={error} />}
      <button type="submit" className="primary" disabled={busy}>
        {words('inquiries.open')}
      </button>
    </form>
  );
}

const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
