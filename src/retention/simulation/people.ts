import { createHash, randomBytes } from 'node:crypto';
import { newId } from '../../ids.js';
import { identityForms } from '../../records/names.js';
import { plus } from '../../records/retention.js';
import type { LookupKeys, NewDocument } from '../../store/store.js';

/** The model that the synthetic embeddings say they are of. */
export const syntheticModel = 'synthetic@1';
const dimensions = 512;
const photoBytes = 2048;

/** A holder who does not exist. The same number gives the same person. */
export interface SyntheticHolder {
  readonly number: number;
  readonly registerNumber: string;
}

export function syntheticHolder(number: number): SyntheticHolder {
  return { number, registerNumber: String(10_000_000_000 + number) };
}

/** Length 1; a holder's photos differ a little, those of two holders have nothing in common. */
export function syntheticEmbedding(holder: SyntheticHolder, photo: string): Float32Array {
  const vector = noise(`holder ${holder.number}`);
  const change = noise(`photo ${holder.number} ${photo}`);
  let square = 0;
  for (let index = 0; index < dimensions; index++) {
    const value = (vector[index] ?? 0) + 0.5 * (change[index] ?? 0);
    vector[index] = value;
    square += value * value;
  }
  const length = Math.sqrt(square);
  return vector.map((value) => value / length);
}

/** A passport of this holder, with a photo of random bytes. `marker` is somewhere in its record and its photo. */
export function syntheticDocument(
  holder: SyntheticHolder,
  issuedOn: string,
  lookup: LookupKeys,
  marker?: string,
): NewDocument {
  const id = newId();
  const number = `S${id.replaceAll('-', '').slice(-15).toUpperCase()}`;
  const record = {
    holder: {
      familyName: `Holder ${holder.number}`,
      givenNames: ['Synthetic', ...(marker === undefined ? [] : [marker])],
      birthDate: '1980-01-01',
      birthPlace: 'Nowhere',
      sex: 'X',
      registerNumber: holder.registerNumber,
    },
    document: { number, type: 'passport', issuedOn, expiresOn: plus(issuedOn, { years: 7 }) },
  };
  const photo = randomBytes(photoBytes);
  if (marker !== undefined) photo.write(marker, 100);
  return {
    id,
    type: 'passport',
    issuedOn,
    retentionEnds: plus(issuedOn, { years: 20 }),
    numberKey: lookup.documentNumber(number),
    registerKey: lookup.registerNumber(holder.registerNumber),
    identityKeys: identityForms(record.holder.familyName, ['Synthetic'], record.holder.birthDate).map(
      (form) => lookup.identity(form),
    ),
    pixelsKey: lookup.pixels(createHash('sha256').update(photo).digest()),
    fingerprint: lookup.fingerprint(photo),
    record,
    photo,
    embedding: { model: syntheticModel, vector: syntheticEmbedding(holder, issuedOn) },
    audit: {
      client: 'simulation',
      actor: 'simulation',
      action: 'document.transfer',
      outcome: 'created',
    },
  };
}

/** Uniform in [-1, 1], the same for the same seed. */
function noise(seed: string): Float32Array {
  const bytes = createHash('shake256', { outputLength: 2 * dimensions })
    .update(seed)
    .digest();
  const vector = new Float32Array(dimensions);
  for (let index = 0; index < dimensions; index++) vector[index] = bytes.readInt16LE(index * 2) / 32_768;
  return vector;
}
