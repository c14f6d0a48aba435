import { useCallback, useEffect, useState } from 'react';
import { useApp } from '../app/context.js';

export interface Got<T> {
  readonly data: T | undefined;
  readonly error: Error | undefined;
  readonly loading: boolean;
  reload(): void;
}

/**
 * Reads `path`, again when it changes, when the language does (the service words its texts itself) and when
 * `reload` is called; what is shown stays until the new answer is there. Null reads nothing.
 */
export function useGet<T>(path: string | null): Got<T> {
  const { api, words } = useApp();
  const [state, setState] = useState<{ path: string | null; data?: T; error?: Error }>({ path: null });
  const [loading, setLoading] = useState(path !== null);
  const [turn, setTurn] = useState(0);
  const { language } = words;
  // biome-ignore lint/correctness/useExhaustiveDependencies: language and turn ask for another answer.
  useEffect(() => {
    if (path === null) return;
    const gone = new AbortController();
    setLoading(true);
    api.get<T>(path, gone.signal).then(
      (data) => {
        if (gone.signal.aborted) return;
        setState({ path, data });
        setLoading(false);
      },
      (error: unknown) => {
        if (gone.signal.aborted) return;
        setState({ path, error: error instanceof Error ? error : new Error(String(error)) });
        setLoading(false);
      },
    );
    return () => gone.abort();
  }, [path, turn, language]);
  const reload = useCallback(() => setTurn((value) => value + 1), []);
  const current = state.path === path ? state : undefined;
  return { data: current?.data, error: current?.error, loading, reload };
}
