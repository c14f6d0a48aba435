import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
// Loads and initialises the library that is used here.
import 'sharp';
import { packageRoot } from '../packageRoot.js';

/** Where `npm run build` puts what it compiles of `plainJpeg.c`. */
export const plainJpegPath = join(packageRoot, 'dist', 'native', 'plainJpeg.node');

/**
 * Pixels of a JPEG photo that is upright and in colour and has no colour profile: rows of 3 bytes a pixel, the same that
 * sharp gives, in half the time. Undefined of any other, and of what does not decode without a warning.
 */
export type DecodePlainJpeg = (bytes: Uint8Array, width: number, height: number) => Uint8Array | undefined;

type Decode = (bytes: Uint8Array, width: number, height: number) => Buffer | null;

/** Where a C compiler has built it and sharp brings its library as a file; else undefined, and sharp decodes alone. */
export function openPlainJpeg(): DecodePlainJpeg | undefined {
  if (process.platform !== 'linux' || !existsSync(plainJpegPath)) return undefined;
  const require = createRequire(import.meta.url);
  try {
    const { open } = require(plainJpegPath) as { open(library: string): Decode | null };
    for (const system of ['linux', 'linuxmusl']) {
      const library = resolved(require, `@img/sharp-libvips-${system}-${process.arch}/binary`);
      const decode = library === undefined ? null : open(library);
      if (decode !== null) return (...photo) => decode(...photo) ?? undefined;
    }
  } catch {
    // Built for another system or version.
  }
  return undefined;
}

function resolved(require: NodeJS.Require, name: string): string | undefined {
  try {
    return require.resolve(name);
  } catch {
    return undefined;
  }
}
