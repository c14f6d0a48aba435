import { loadCalibration } from '../comparison/calibration.js';
import type { Config } from '../config.js';
import { FacematchError, isFacematchError } from '../errors.js';
import { inRole } from '../face/open.js';
import { loadCards, modelId, requireCard } from '../models/card.js';
import { modelFolders, type Networks, prepareNetworks } from '../networks.js';

/**
 * The networks of the embedder that the settings name as the next one; undefined where they name none, or the one that
 * is active already.
 *
 * @throws FacematchError `config-invalid` where it cannot be had, `storage-full`
 */
export async function prepareNext(
  config: Config,
  active: Pick<Networks, 'settings'>,
  say: (line: string) => void,
): Promise<Networks | undefined> {
  const { nextEmbedder } = config.models;
  if (nextEmbedder === undefined || nextEmbedder === active.settings.embedder) return undefined;
  try {
    inRole(requireCard(loadCards(modelFolders(config).modelsDir), nextEmbedder), 'embedder');
    const models = { ...config.models, embedder: nextEmbedder };
    return await prepareNetworks({ ...config, models }, say);
  } catch (error) {
    if (!(error instanceof FacematchError) || error.code === 'storage-full') throw error;
    throw new FacematchError(
      'config-invalid',
      `FACEMATCH_NEXT_EMBEDDER names what cannot be used: ${error.message}`,
      { variables: ['FACEMATCH_NEXT_EMBEDDER'], why: error.code },
      { cause: error },
    );
  }
}

/** `id@version` of the embedder that the settings name as the next one. @throws FacematchError `model-unknown` */
export function nextModel(config: Config): string | undefined {
  const { nextEmbedder } = config.models;
  if (nextEmbedder === undefined) return undefined;
  return modelId(requireCard(loadCards(modelFolders(config).modelsDir), nextEmbedder));
}

/** True, or why a switch to it would be refused. */
export function isCalibrated({ calibrationPath, embedder, pipeline }: Networks): true | string {
  try {
    loadCalibration(calibrationPath, { model: embedder, pipeline });
    return true;
  } catch (error) {
    if (isFacematchError(error, 'calibration-invalid')) return error.message;
    throw error;
  }
}
