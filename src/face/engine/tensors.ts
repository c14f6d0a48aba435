import { FacematchError } from '../../errors.js';
import { type ModelCard, modelId } from '../../models/card.js';
import { channelCount } from '../../models/graph/interface.js';

/** @throws FacematchError `internal` when the bytes are not `batch` images of the card's size */
export function checkPixels(card: ModelCard, pixels: Uint8Array, batch: number): void {
  const expected = batch * card.input.height * card.input.width * channelCount(card);
  if (Number.isInteger(batch) && batch > 0 && pixels.length === expected) return;
  throw new FacematchError(
    'internal',
    `${modelId(card)} was given pixels of another size than its card says.`,
    {
      model: modelId(card),
      batch,
      expected,
      found: pixels.length,
    },
  );
}

/**
 * Comparisons with NaN are false both ways, so a network that puts one out must not get as far as a threshold.
 * @throws FacematchError `internal` when a value is not finite or the length is not `expected`
 */
export function checkOutput(card: ModelCard, values: unknown, expected: number): Float32Array {
  if (values instanceof Float32Array && values.length === expected && allFinite(values)) return values;
  const length = values instanceof Float32Array ? values.length : 0;
  const problem =
    length === expected ? 'a value that is not finite' : 'an output of another size than its card says';
  throw new FacematchError('internal', `${modelId(card)} gave ${problem}.`, {
    model: modelId(card),
    expected,
    found: length,
  });
}

/** Zero times a value that is not finite is not a number, and stays so in a sum. */
function allFinite(values: Float32Array): boolean {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] as number) * 0;
  return sum === 0;
}
