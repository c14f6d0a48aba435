import { createHash } from 'node:crypto';
import type {
  FaceOutcome,
  FaceReader,
  ImageOutcome,
  ModelId,
  ShowOutcome,
  UntrustedImage,
} from '../../src/face/types.js';
import type { Caller } from '../../src/oversight/caller.js';
import { fineQuality } from '../support/fineQuality.js';

/** A valid record; change one thing at a time. */
export function record() {
  return {
    holder: {
      familyName: 'Vandenbroucke-Müller',
      givenNames: ['Anne-Marie', 'Zoë'],
      birthDate: '1985-07-30',
      birthPlace: 'Oudenaarde',
      sex: 'F',
      registerNumber: '85.07.30-033.28',
      nationality: 'BEL',
    },
    document: {
      number: 'EP847215',
      type: 'passport',
      procedure: 'normal',
      issuedOn: '2019-04-02',
      issuedAt: 'Oudenaarde',
      issuingAuthority: 'Stad Oudenaarde',
      expiresOn: '2026-04-01',
    },
    production: {
      place: 'Brussels',
      application: {
        place: 'Oudenaarde',
        receivedOn: '2019-03-20',
        sequenceNumber: '2019-00311',
        administration: 'Stad Oudenaarde',
        sentOn: '2019-04-03',
        sendingNumber: 'S-771204',
      },
      status: { value: 'delivered', on: '2019-04-05' },
      chipStatus: 'active',
    },
  };
}

/** The record with one field set, by a path such as `holder.sex`; undefined removes it. */
export function changed(path: string, value: unknown): Record<string, unknown> {
  const copy: Record<string, unknown> = record();
  const parts = path.split('.');
  const last = parts.pop() ?? '';
  let at = copy;
  for (const part of parts) at = at[part] as Record<string, unknown>;
  if (value === undefined) delete at[last];
  else at[last] = value;
  return copy;
}

export const caller: Caller = {
  client: 'production',
  subject: 'production-1',
  scopes: new Set(['documents:write']),
  language: 'en',
};

export const image = (text: string): UntrustedImage => ({ bytes: new TextEncoder().encode(text) });

/**
 * Stands in for the pool of networks, which has tests of its own: a photo's text says what happens to it
 * (`refused …`, `no-face …`, else an embedding made of its bytes).
 */
export function faceReader(): FaceReader & { reads: number } {
  const model = 'test-net@1' as ModelId;
  const accepted = (source: UntrustedImage) => ({
    format: 'jpeg' as const,
    width: 300,
    height: 400,
    stripped: new TextEncoder().encode(`stripped ${new TextDecoder().decode(source.bytes)}`),
    pixelDigest: new Uint8Array(createHash('sha256').update(source.bytes).digest()),
  });
  const timings = { decode: 1, detect: 1, landmarks: 1, align: 1, embed: 1, quality: 1 };
  const refusal = { kind: 'refused', code: 'image-corrupt', facts: { width: 300 } } as const;
  const says = (source: UntrustedImage) => new TextDecoder().decode(source.bytes).split(' ')[0];
  const reader = {
    model,
    reads: 0,
    async read(photo: UntrustedImage): Promise<FaceOutcome> {
      reader.reads += 1;
      // As the pool does, answer later.
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (says(photo) === 'refused') return refusal;
      const picture = accepted(photo);
      if (says(photo) === 'no-face') {
        return { kind: 'failure-to-acquire', image: picture, model, reason: 'no-face', faces: 0, timings };
      }
      const measures = {
        box: { x: 60, y: 80, width: 180, height: 240 },
        confidence: 0.99,
        faces: 1,
        interEyeDistance: 90,
        landmarks: [],
        quality: fineQuality,
      };
      return {
        kind: 'embedded',
        image: picture,
        model,
        embedding: vector(picture.pixelDigest),
        measures,
        timings,
      };
    },
    async accept(source: UntrustedImage): Promise<ImageOutcome> {
      return says(source) === 'refused' ? refusal : { kind: 'accepted', image: accepted(source) };
    },
    async show(source: UntrustedImage): Promise<ShowOutcome> {
      return { kind: 'shown', picture: { width: 1, height: 1, jpeg: source.bytes } };
    },
    async close() {},
  };
  return reader;
}

function vector(digest: Uint8Array): Float32Array {
  const raw = Float32Array.from(digest, (byte) => byte - 127.5);
  const length = Math.hypot(...raw);
  return raw.map((value) => value / length);
}
