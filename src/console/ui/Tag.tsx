import type { ReactNode } from 'react';

export type Tone = 'plain' | 'good' | 'look' | 'bad' | 'quiet' | 'accent';

export const Tag = ({ tone = 'plain', children }: { readonly tone?: Tone; readonly children: ReactNode }) => (
  <span className={`tag ${tone}`}>{children}</span>
);
