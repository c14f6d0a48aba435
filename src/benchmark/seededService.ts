import type { Config } from '../config.js';
import { loadCards, requireCard } from '../models/card.js';
import { prepareNetworks } from '../networks.js';
import { type Client, createClient } from './load.js';
import { benchmarkPhotos } from './photos.js';
import { seedStore } from './seed.js';
import { type Place, type ServedProcess, serveIn, temporaryPlace } from './servedProcess.js';

export interface SeededService {
  readonly place: Place;
  readonly served: ServedProcess;
  readonly client: Client;
}

export interface SeededServiceOptions {
  /** In the store before the service starts; an even number. */
  readonly documents: number;
  /** Folder of photos; undefined takes the sample faces. */
  readonly photos: string | undefined;
  readonly env?: Record<string, string>;
  readonly onSeeding?: (done: number) => void;
}

/** Runs `use` with a client of a service that has so many documents; service and store are gone afterwards. */
export async function withSeededService<T>(
  { documents, photos: folder, env, onSeeding }: SeededServiceOptions,
  use: (service: SeededService) => Promise<T>,
): Promise<T> {
  const photos = await benchmarkPhotos(folder);
  const place = await temporaryPlace(env);
  try {
    await seedStore(place.config, documents, await embedderOf(place.config), onSeeding);
    const served = await serveIn(place);
    const client = createClient({ ...served, holders: documents / 2, photos });
    try {
      return await use({ place, served, client });
    } finally {
      client.close();
      await served.stop();
    }
  } finally {
    await place.remove();
  }
}

/** The configured network that embeds, and how many numbers it gives. */
export async function embedderOf(config: Config): Promise<{ model: string; length: number }> {
  const { embedder, settings } = await prepareNetworks(config, () => {});
  const card = requireCard(loadCards(settings.modelsDir), settings.embedder);
  if (card.role !== 'embedder') throw new Error('the configured embedder is none');
  return { model: embedder, length: card.output.length };
}
