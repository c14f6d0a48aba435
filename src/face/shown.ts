import sharp from 'sharp';
import type { DecodedImage } from './decode.js';
import type { ShownImage } from './types.js';
import { watermarked } from './watermark.js';

/** Fine enough to look at skin and edges; a photo is compared from its own bytes, never from this. */
const jpegQuality = 92;

/** The picture as people look at it: upright, as JPEG without metadata, with the words on it. */
export async function shown({ pixels }: DecodedImage, words: string): Promise<ShownImage> {
  const { width, height, data } = watermarked(pixels, words);
  const jpeg = await sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: jpegQuality, chromaSubsampling: '4:4:4' })
    .toBuffer();
  return { width, height, jpeg: new Uint8Array(jpeg) };
}
