import type { ReactNode } from 'react';

export function Note({
  kind = 'plain',
  children,
}: {
  readonly kind?: 'plain' | 'refusal' | 'good' | 'warning';
  readonly children: ReactNode;
}) {
  return (
    <div className={`note ${kind}`} role={kind === 'refusal' ? 'alert' : 'status'}>
      {children}
    </div>
  );
}
