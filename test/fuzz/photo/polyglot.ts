import { zipWith } from '../../face/images.js';
import { type Mutation, spliced } from './mutation.js';

const page = (marker: string) => `<!doctype html><script>alert('${marker}')</script>`;
const svg = (marker: string) =>
  `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="99" height="99"><text>${marker}</text></svg>`;
const pdf = (marker: string) =>
  `%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n%${marker}\ntrailer<</Root 1 0 R>>\n%%EOF\n`;

/** Files that are two things at once, and files that only begin as something else. */
export const polyglot: Readonly<Record<string, Mutation>> = {
  'ZIP behind it': (bytes, { plant }) => Buffer.concat([bytes, zipWith(plant())]),
  'page behind it': (bytes, { plant }) => Buffer.concat([bytes, Buffer.from(page(plant()))]),
  'PDF behind it': (bytes, { plant }) => Buffer.concat([bytes, Buffer.from(pdf(plant()))]),
  'PDF in front': (bytes, { plant }) => Buffer.concat([Buffer.from(pdf(plant())), bytes]),
  'other beginning': (bytes, { random, plant }) => {
    const beginnings = [
      Buffer.from(`GIF89a${plant()}`),
      Buffer.from('BM\x46\0\0\0\0\0\0\0\x36\0\0\0', 'latin1'),
      Buffer.from('II*\0\x08\0\0\0', 'latin1'),
      Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'),
      Buffer.from('\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf', 'latin1'),
      Buffer.from('RIFF\x24\0\0\0WAVEfmt ', 'latin1'),
      Buffer.from('\x7fELF\x02\x01\x01\0', 'latin1'),
      Buffer.from('MZ\x90\0', 'latin1'),
      Buffer.from('\xff\xd8\xff\xd8\xff', 'latin1'),
      Buffer.from('\x89PNG\n\x1a\n', 'latin1'),
      Buffer.from(svg(plant())),
      Buffer.from([0xef, 0xbb, 0xbf]),
      Buffer.from('%!PS-Adobe-3.0\n'),
      Buffer.from('\0\0\0\x0cjP  \r\n\x87\n', 'latin1'),
      Buffer.from('8BPS\0\x01', 'latin1'),
    ];
    const beginning = random.pick(beginnings);
    return random.chance(0.5)
      ? Buffer.concat([beginning, bytes])
      : spliced(bytes, 0, beginning.length, beginning);
  },
  /** The comment of a JPEG or the text of a PNG, right behind the head: what a browser that sniffs would see first. */
  'page in a comment': (bytes, { random, plant }) => {
    const text = Buffer.from(random.pick([page, svg, pdf])(plant()));
    if (bytes[0] !== 0xff) return bytes;
    const head = Buffer.from([0xff, 0xfe, 0, 0]);
    head.writeUInt16BE(text.length + 2, 2);
    return spliced(bytes, 2, 0, head, text);
  },
  'photo within a photo': (bytes, { other, random }) => spliced(bytes, random.below(bytes.length), 0, other),
  'two photos': (bytes, { other }) => Buffer.concat([bytes, other]),
  'mere text': (_bytes, { random, plant }) => Buffer.from(random.pick([page, svg, pdf])(plant())),
};
