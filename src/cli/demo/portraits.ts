import sharp, { type Sharp } from 'sharp';
import { type SampleFace, type SampleName, sampleFaces, samplePath } from './faces.js';

/** A passport photo of 35 × 45 mm at 300 dpi, near enough. */
const portrait = { width: 420, height: 540 } as const;

/** Crops a face as a passport shows it: upright format, the face about 60% of the height. */
export async function portraitOf(name: SampleName): Promise<Buffer> {
  const sample = sampleFaces[name];
  return cropped(sample, 1.65).then((image) => image.jpeg({ quality: 92 }).toBuffer());
}

/** How a photograph was printed and scanned again: turned by so many degrees, brighter or darker, at a JPEG quality. */
const scans = [
  { margin: 1.8, turn: 2, brightness: 0.9, quality: 70 },
  { margin: 1.5, turn: -3, brightness: 1.1, quality: 55 },
] as const;

/**
 * Another picture made from the same photograph: re-cropped, turned, of another exposure, blurred, noisy, compressed
 * harder. It compares an image with itself and says little about a face.
 */
export async function derivedPortraitOf(name: SampleName, scan: 0 | 1 = 0): Promise<Buffer> {
  const { margin, turn, brightness, quality } = scans[scan];
  const size = { width: 360, height: 464 };
  const turned = await (await cropped(sampleFaces[name], margin))
    .rotate(turn, { background: '#888888' })
    .modulate({ brightness })
    .blur(0.8)
    .png()
    .toBuffer();
  const noise = await sharp({
    create: {
      ...size,
      channels: 3,
      background: '#808080',
      noise: { type: 'gaussian', mean: 128, sigma: 12 },
    },
  })
    .png()
    .toBuffer();
  const scanned = await sharp(turned)
    .resize({ ...size, fit: 'cover' })
    .png()
    .toBuffer();
  return sharp(scanned)
    .composite([{ input: noise, blend: 'soft-light' }])
    .jpeg({ quality })
    .toBuffer();
}

/** A piece of a photo without any face. */
export function background(): Promise<Buffer> {
  return sharp(samplePath('sample1.jpg'))
    .extract({ left: 20, top: 20, width: 340, height: 300 })
    .jpeg()
    .toBuffer();
}

/** Two people side by side. */
export function twoPeople(): Promise<Buffer> {
  return sharp(samplePath('sample6.jpg'))
    .extract({ left: 1066, top: 150, width: 720, height: 560 })
    .jpeg()
    .toBuffer();
}

/** `margin`: height of the crop over the height of the face box. */
async function cropped(face: SampleFace, margin: number): Promise<Sharp> {
  const image = sharp(samplePath(face.file));
  const { width = 0, height = 0 } = await image.metadata();
  const cropHeight = Math.round(Math.min(face.height * margin, height));
  const cropWidth = Math.round((cropHeight * portrait.width) / portrait.height);
  const left = Math.round(face.left + face.width / 2 - cropWidth / 2);
  const top = Math.round(face.top + face.height * 0.45 - cropHeight / 2);
  const extract = {
    left: Math.max(0, Math.min(left, width - cropWidth)),
    top: Math.max(0, Math.min(top, height - cropHeight)),
    width: cropWidth,
    height: cropHeight,
  };
  const piece = await image.extract(extract).png().toBuffer();
  return sharp(piece).resize(portrait.width, portrait.height);
}
