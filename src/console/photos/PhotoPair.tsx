import { useState } from 'react';
import { useWords } from '../app/context.js';
import { Dialog } from '../ui/Dialog.js';
import { usePhoto } from './usePhoto.js';

interface Named {
  readonly path: string;
  readonly alt: string;
}

/** Two photos beside each other, and large when asked: nobody judges a face by a thumbnail. */
export function PhotoPair({ first, second }: { readonly first: Named | undefined; readonly second: Named }) {
  const words = useWords();
  const [large, setLarge] = useState(false);
  const states = [usePhoto(first?.path ?? null), usePhoto(second.path)];
  const photos = [first, second].flatMap((named, index) => {
    const state = states[index];
    return named !== undefined && state?.kind === 'shown' ? [{ ...named, url: state.photo.url }] : [];
  });
  return (
    <>
      <button
        type="button"
        className="two-photos"
        title={words('photos.enlarge')}
        onClick={() => setLarge(true)}
      >
        {photos.map(({ path, alt, url }) => (
          <span key={path} className="thumbnail">
            <img src={url} alt={alt} />
          </span>
        ))}
        <span className="visually-hidden">{words('photos.enlarge')}</span>
      </button>
      {large && (
        <Dialog title={words('photos.title')} wide onClose={() => setLarge(false)}>
          <div className="large-photos">
            {photos.map(({ path, alt, url }) => (
              <img key={path} src={url} alt={alt} />
            ))}
          </div>
        </Dialog>
      )}
    </>
  );
}
