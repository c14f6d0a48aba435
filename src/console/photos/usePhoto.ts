import { useEffect, useState } from 'react';
import { Problem } from '../api/problem.js';
import { useApi } from '../app/context.js';

export interface Photo {
  readonly url: string;
  readonly width: number;
  readonly height: number;
}

export type PhotoState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'shown'; readonly photo: Photo }
  /** Destroyed, or never there. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'failed' };

/** A photo fetched with the token, in memory for as long as it is on the page. Null is none. */
export function usePhoto(path: string | null): PhotoState {
  const api = useApi();
  const [state, setState] = useState<PhotoState>({ kind: 'loading' });
  useEffect(() => {
    if (path === null) {
      setState({ kind: 'absent' });
      return;
    }
    const gone = new AbortController();
    let url = '';
    setState({ kind: 'loading' });
    void (async () => {
      try {
        url = await api.image(path, gone.signal);
        const { width, height } = await sizeOf(url);
        if (!gone.signal.aborted) setState({ kind: 'shown', photo: { url, width, height } });
      } catch (error) {
        if (gone.signal.aborted) return;
        setState({ kind: error instanceof Problem && error.status === 404 ? 'absent' : 'failed' });
      } finally {
        if (gone.signal.aborted && url !== '') URL.revokeObjectURL(url);
      }
    })();
    return () => {
      gone.abort();
      if (url !== '') URL.revokeObjectURL(url);
    };
  }, [api, path]);
  return state;
}

async function sizeOf(url: string): Promise<{ width: number; height: number }> {
  const image = new Image();
  image.src = url;
  await image.decode();
  return { width: image.naturalWidth, height: image.naturalHeight };
}
