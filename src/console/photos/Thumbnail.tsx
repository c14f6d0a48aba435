import { usePhoto } from './usePhoto.js';

/** A small photo, still fetched and watermarked like a large one. */
export function Thumbnail({ path, alt }: { readonly path: string; readonly alt: string }) {
  const state = usePhoto(path);
  return <div className="thumbnail">{state.kind === 'shown' && <img src={state.photo.url} alt={alt} />}</div>;
}
