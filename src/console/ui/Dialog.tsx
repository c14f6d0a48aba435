import { type ReactNode, useEffect, useId, useRef } from 'react';
import { useWords } from '../app/context.js';

/** A modal dialog of the platform: focus stays in it and comes back after it. Without `onClose` it cannot be left. */
export function Dialog({
  title,
  wide = false,
  onClose,
  children,
}: {
  readonly title: string;
  readonly wide?: boolean;
  readonly onClose?: () => void;
  readonly children: ReactNode;
}) {
  const words = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={wide ? 'wide' : undefined}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose?.();
      }}
    >
      <h2 id={heading}>{title}</h2>
      {children}
      {onClose !== undefined && (
        <div className="actions">
          <button type="button" onClick={onClose}>
            {words('app.close')}
          </button>
        </div>
      )}
    </dialog>
  );
}
