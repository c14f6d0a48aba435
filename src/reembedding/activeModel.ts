import type { Config } from '../config.js';
import { FacematchError } from '../errors.js';
import type { EmbeddingModels } from '../store/embeddingModels.js';

/**
 * The settings with the embedder that the store's embeddings are by: after a switch the service follows without a
 * change of its settings, be it back or to the one that they name as the next.
 *
 * @throws FacematchError `config-invalid` where the settings name other embedders alone
 */
export async function withActiveEmbedder(
  config: Config,
  models: Pick<EmbeddingModels, 'active'>,
): Promise<Config> {
  const active = (await models.active())?.active;
  if (active === undefined) return config;
  const embedder = cardOf(active);
  const asked = config.models.embedder ?? embedder;
  if (asked !== embedder && config.models.nextEmbedder !== embedder) throw otherModel(active, asked);
  return { ...config, models: { ...config.models, embedder } };
}

/**
 * Notes the model as the active one of a store that has none yet.
 *
 * @throws FacematchError `config-invalid` where another one is, so that its embeddings are never mixed with others
 */
export async function adoptModel(models: Pick<EmbeddingModels, 'adopt'>, model: string): Promise<void> {
  const { active } = await models.adopt(model);
  if (active !== model) throw otherModel(active, model);
}

/** Id of the card of a model `id@version`. */
export function cardOf(model: string): string {
  const [card = model] = model.split('@');
  return card;
}

function otherModel(active: string, asked: string): FacematchError {
  return new FacematchError(
    'config-invalid',
    `The embeddings of this store are by ${active}, and ${asked} is asked for: run "facematch reembed --model ${cardOf(asked)} --switch" to change the model, or take FACEMATCH_EMBEDDER out of the settings.`,
    { active, asked },
  );
}
