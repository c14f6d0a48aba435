import { type FormEvent, useState } from 'react';
import type { RoleName } from '../api/types.js';
import { useApp } from '../app/context.js';
import { Field } from '../ui/Field.js';

/** The roles that have something to see here. */
const roles = [
  'fraud-analyst',
  'supervisor',
  'investigator',
  'data-protection-officer',
  'office',
] as const satisfies readonly RoleName[];

export function DevelopmentSignIn() {
  const { session, words } = useApp();
  const [person, setPerson] = useState('an.devos');
  const [role, setRole] = useState<RoleName>('fraud-analyst');
  const [office, setOffice] = useState('gent');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void session.signInForDevelopment({ person, role, ...(role === 'office' && { office }) });
  };
  return (
    <form className="development" onSubmit={submit}>
      <h2>{words('session.development')}</h2>
      <p className="hint">{words('session.developmentNote')}</p>
      <Field label={words('session.person')}>
        <input required maxLength={100} value={person} onChange={({ target }) => setPerson(target.value)} />
      </Field>
      <Field label={words('session.role')}>
        <select
          value={role}
          onChange={({ target }) => setRole(roles.find((one) => one === target.value) ?? 'fraud-analyst')}
        >
          {roles.map((one) => (
            <option key={one} value={one}>
              {words(`role.${one}`)}
            </option>
          ))}
        </select>
      </Field>
      {role === 'office' && (
        <Field label={words('session.office')}>
          <input required maxLength={100} value={office} onChange={({ target }) => setOffice(target.value)} />
        </Field>
      )}
      <button type="submit" className={session.config.signIn === null ? 'primary wide' : 'wide'}>
        {words('session.signIn')}
      </button>
    </form>
  );
}
