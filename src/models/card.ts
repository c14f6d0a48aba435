import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { FacematchError } from '../errors.js';
import type { ModelId } from '../face/types.js';
import { type ModelCard, modelCardSchema } from './card-schema.js';

export type { Architecture, DetectorCard, EmbedderCard, LandmarksCard, ModelCard } from './card-schema.js';

const suffix = '.card.json';

/**
 * All `*.card.json` of a folder, by id, in the order of their file names. The path of an operator's own file comes
 * out absolute.
 * @throws FacematchError `card-invalid`, naming the card's file and the field.
 */
export function loadCards(modelsDir: string): ReadonlyMap<string, ModelCard> {
  const cards = new Map<string, ModelCard>();
  for (const name of cardNames(modelsDir)) {
    const card = readCard(join(modelsDir, name));
    if (`${card.id}${suffix}` !== name) throw invalid(name, 'id', 'must be the name of the file');
    cards.set(card.id, card);
  }
  return cards;
}

export function modelId(card: Pick<ModelCard, 'id' | 'version'>): ModelId {
  return `${card.id}@${card.version}` as ModelId;
}

/** @throws FacematchError `model-unknown` */
export function requireCard(cards: ReadonlyMap<string, ModelCard>, id: string): ModelCard {
  const card = cards.get(id);
  if (card) return card;
  throw new FacematchError(
    'model-unknown',
    `There is no model card called ${id}; known are ${[...cards.keys()].join(', ')}.`,
    {
      model: id,
    },
  );
}

/** @throws FacematchError `card-invalid` */
export function readCard(path: string): ModelCard {
  const name = path.slice(dirname(path).length + 1);
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new FacematchError(
      'card-invalid',
      `The model card ${name} is not a readable JSON file.`,
      { card: name },
      { cause },
    );
  }
  const card = parseCard(json, name);
  if (card.source.kind === 'file') card.source.file = resolve(dirname(path), card.source.file);
  return card;
}

/**
 * @param name what the error calls the card
 * @throws FacematchError `card-invalid`
 */
export function parseCard(json: unknown, name: string): ModelCard {
  const parsed = modelCardSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = [...(issue?.path ?? [])];
  if (issue?.code === 'unrecognized_keys') path.push(issue.keys[0] ?? '');
  throw invalid(name, path.join('.') || 'card', issue?.message ?? 'is not valid');
}

function cardNames(modelsDir: string): string[] {
  try {
    return readdirSync(modelsDir)
      .filter((name) => name.endsWith(suffix))
      .sort();
  } catch (cause) {
    throw new FacematchError('card-invalid', 'The folder of model cards cannot be read.', {}, { cause });
  }
}

function invalid(name: string, field: string, problem: string): FacematchError {
  return new FacematchError('card-invalid', `The model card ${name} has an invalid ${field}: ${problem}.`, {
    card: name,
    field,
  });
}
