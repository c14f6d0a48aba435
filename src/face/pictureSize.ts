import type { AcceptedImage, RgbImage } from './types.js';

/** Longer side, in pixels, that a large JPEG photo keeps at least: a face of a fifth of it is 200 pixels high. */
const enoughPixels = 1000;

/**
 * The size of the picture that is decoded of an upright photo: a JPEG decoder can leave out detail in powers of two
 * without decoding it.
 */
export function pictureSize({
  format,
  width,
  height,
}: Pick<AcceptedImage, 'format' | 'width' | 'height'>): Pick<RgbImage, 'width' | 'height'> {
  let shrink = 1;
  if (format === 'jpeg') {
    while (shrink < 8 && Math.max(width, height) >= enoughPixels * shrink * 2) shrink *= 2;
  }
  return { width: Math.floor(width / shrink), height: Math.floor(height / shrink) };
}
