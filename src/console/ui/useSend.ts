import { useState } from 'react';

export interface Sending {
  readonly busy: boolean;
  readonly error: Error | undefined;
  /** One at a time: what is clicked while something is under way is not sent twice. True when it went well. */
  send(work: () => Promise<unknown>): Promise<boolean>;
}

export function useSend(): Sending {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error>();
  return {
    busy,
    error,
    async send(work) {
      if (busy) return false;
      setBusy(true);
      setError(undefined);
      try {
        await work();
        return true;
      } catch (thrown) {
        setError(thrown instanceof Error ? thrown : new Error(String(thrown)));
        return false;
      } finally {
        setBusy(false);
      }
    },
  };
}
