import { type ReactNode, useEffect } from 'react';
import { useWords } from '../app/context.js';

/** Title, what belongs beside it, and the content of a page. */
export function Page({
  title,
  back,
  beside,
  children,
}: {
  readonly title: string;
  readonly back?: { readonly href: string; readonly label: string };
  readonly beside?: ReactNode;
  readonly children: ReactNode;
}) {
  const words = useWords();
  useEffect(() => {
    document.title = `${title} · ${words('app.name')}`;
  }, [title, words]);
  return (
    <div className="page">
      <div className="page-head">
        <div>
          {back !== undefined && (
            <a className="back" href={back.href}>
              <span aria-hidden="true">‹ </span>
              {back.label}
            </a>
          )}
          <h1>{title}</h1>
        </div>
        {beside}
      </div>
      {children}
    </div>
  );
}
