import { readFileSync } from 'node:fs';
import sharp, { type Sharp } from 'sharp';
import { sampleFaces, samplePath } from '../../src/cli/demo/faces.js';

/** The front face of sample 5, cut out as a passport shows it; its evening light made neutral and brighter. */
export const goodPortrait: Promise<Buffer> = (() => {
  const { file, left, top, width, height } = sampleFaces['5-front'];
  const size = { width: Math.round(1.6 * height), height: 2 * height };
  const region = {
    left: Math.round(left + width / 2 - size.width / 2),
    top: Math.round(top + 0.45 * height - size.height / 2),
    ...size,
  };
  // Read as bytes: once a decoder exists, sharp opens no files in this process.
  return sharp(readFileSync(samplePath(file)))
    .extract(region)
    .linear([1.55, 1.75, 2], [0, 0, 0])
    .png()
    .toBuffer();
})();

const jpeg = (image: Sharp, quality = 92): Promise<Buffer> => image.jpeg({ quality }).toBuffer();

/** The portrait with one thing wrong. */
export const spoilt = {
  dark: async () => jpeg(sharp(await goodPortrait).linear(0.3, 0)),
  bright: async () => jpeg(sharp(await goodPortrait).linear(2.2, 60)),
  blurred: async () => jpeg(sharp(await goodPortrait).blur(4)),
  rotated: async () => {
    const image = sharp(await goodPortrait);
    const { width = 0, height = 0 } = await image.metadata();
    const turned = await image.rotate(-14, { background: '#8a8478' }).png().toBuffer();
    const whole = await sharp(turned).metadata();
    return jpeg(
      sharp(turned).extract({
        left: Math.round(((whole.width ?? 0) - width) / 2),
        top: Math.round(((whole.height ?? 0) - height) / 2),
        width,
        height,
      }),
    );
  },
  cropped: async () => {
    const image = sharp(await goodPortrait);
    const { width = 0, height = 0 } = await image.metadata();
    return jpeg(
      image.extract({
        left: Math.round(0.3 * width),
        top: 0,
        width: width - Math.round(0.3 * width),
        height,
      }),
    );
  },
  small: async () => jpeg(sharp(await goodPortrait).resize(220)),
  compressed: async () => jpeg(sharp(await goodPortrait), 8),
  unevenlyLit: async () => {
    const image = sharp(await goodPortrait);
    const { width = 0, height = 0 } = await image.metadata();
    const shade = Buffer.alloc(width * height);
    for (let i = 0; i < shade.length; i++) {
      shade[i] = 255 * Math.min(1, Math.max(0.5, 1.6 - 2 * ((i % width) / width)));
    }
    const grey = await sharp(shade, { raw: { width, height, channels: 1 } })
      .png()
      .toBuffer();
    return jpeg(image.composite([{ input: grey, blend: 'multiply' }]));
  },
  grey: async () => jpeg(sharp(await goodPortrait).greyscale()),
} as const;
