import sharp, { type Sharp } from 'sharp';
import { background, portraitOf, twoPeople } from '../../support/samples.js';

export interface Seed {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Small photos in every coding that the decoder takes, and some it does not: what the fuzzer starts from. */
export async function photoSeeds(): Promise<Seed[]> {
  const portrait = await portraitOf('1-left');
  const small = (width = 120): Sharp => sharp(portrait).resize(width);
  const flat = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background: '#a08070' } });
  const frames = await Promise.all(['1-left', '1-right'].map((name) => frameOf(name as '1-left')));
  const made: Record<string, Promise<Buffer>> = {
    'jpeg baseline': small().jpeg().toBuffer(),
    'jpeg 4:4:4': small().jpeg({ chromaSubsampling: '4:4:4' }).toBuffer(),
    'jpeg progressive': small().jpeg({ progressive: true }).toBuffer(),
    'jpeg optimised': small().jpeg({ mozjpeg: true, quality: 60 }).toBuffer(),
    'jpeg CMYK': small().toColourspace('cmyk').jpeg().toBuffer(),
    'jpeg grey': small().greyscale().jpeg().toBuffer(),
    'jpeg turned': small().withMetadata({ orientation: 6 }).jpeg().toBuffer(),
    'jpeg mirrored': small().withMetadata({ orientation: 5 }).jpeg({ progressive: true }).toBuffer(),
    'jpeg with profile': small().withIccProfile('p3').jpeg().toBuffer(),
    'jpeg large': sharp(portrait).resize(2100).jpeg({ quality: 20 }).toBuffer(),
    'jpeg of nobody': background().then((bytes) => sharp(bytes).resize(150).jpeg().toBuffer()),
    'jpeg of two': twoPeople().then((bytes) => sharp(bytes).resize(300).jpeg().toBuffer()),
    'png 8 bit': small(90).png().toBuffer(),
    'png 16 bit': small(60).toColourspace('rgb16').png().toBuffer(),
    'png palette': small(90).png({ palette: true, colours: 40 }).toBuffer(),
    'png 1 bit': small(90).png({ palette: true, colours: 2 }).toBuffer(),
    'png interlaced': small(90).png({ progressive: true }).toBuffer(),
    'png alpha': small(90).ensureAlpha(0.5).png().toBuffer(),
    'png grey': small(90).greyscale().png().toBuffer(),
    'png turned': small(90).withMetadata({ orientation: 8 }).png().toBuffer(),
    'webp lossy': small().webp().toBuffer(),
    'webp lossless': small(90).webp({ lossless: true }).toBuffer(),
    'webp alpha': small().ensureAlpha(0.6).webp().toBuffer(),
    'webp turned': small().withMetadata({ orientation: 3 }).webp().toBuffer(),
    'webp with profile': small().withIccProfile('p3').webp().toBuffer(),
    'webp animated': sharp(frames, { join: { animated: true } })
      .webp()
      .toBuffer(),
    'jpeg 32 × 32': flat(32, 32).jpeg().toBuffer(),
    'png 1 × 1': flat(1, 1).png().toBuffer(),
    'webp 31 × 40': flat(31, 40).webp().toBuffer(),
    gif: small(90).gif().toBuffer(),
    tiff: small(90).tiff().toBuffer(),
  };
  return Promise.all(Object.entries(made).map(async ([name, bytes]) => ({ name, bytes: await bytes })));
}

const frameOf = async (name: '1-left' | '1-right'): Promise<Buffer> =>
  sharp(await portraitOf(name))
    .resize(64)
    .png()
    .toBuffer();
