import { FacematchError } from '../../errors.js';
import { createDecoder } from '../../face/decode.js';
import { createOnnxEngine } from '../../face/engine/onnx.js';
import { inRole, networksOf } from '../../face/open.js';
import type { FaceSettings } from '../../face/settings.js';
import type { RgbImage } from '../../face/types.js';
import { ensureModels } from '../../models/build.js';
import { type EmbedderCard, loadCards, requireCard } from '../../models/card.js';
import type { AlternativeParts } from './reader.js';
import { otherNetworks } from './tried.js';

export interface OpenAlternatives extends AlternativeParts {
  /** dlib's mean face. */
  readonly meanShape: EmbedderCard['alignment'];
  /** All pixels of a photo. In this very process: only for photos of one's own. */
  readonly decode: (bytes: Uint8Array) => Promise<RgbImage>;
}

/** @throws FacematchError what `ensureModels` and the engine throw; `input-invalid` for bytes that are no photo */
export async function openAlternatives(
  settings: FaceSettings,
  say: (line: string) => void,
): Promise<OpenAlternatives> {
  const known = loadCards(settings.modelsDir);
  const cards = [...new Set([...networksOf(settings), ...otherNetworks])].map((id) => requireCard(known, id));
  await ensureModels({
    cards,
    outDir: settings.buildDir,
    onBuilding: (models) => say(`Building the networks on first use, once: ${models.join(', ')}`),
  });
  const engine = await createOnnxEngine({ cards, buildDir: settings.buildDir, threads: 1 });
  const decode = createDecoder(settings.imageLimits);
  return {
    engine,
    settings,
    detector: (id) => inRole(requireCard(known, id), 'detector'),
    landmarks: (id) => inRole(requireCard(known, id), 'landmarks'),
    embedder: inRole(requireCard(known, settings.embedder), 'embedder'),
    meanShape: inRole(requireCard(known, 'dlib-resnet-128'), 'embedder').alignment,
    async decode(bytes) {
      const decoded = await decode({ bytes });
      if (decoded.kind === 'refused')
        throw new FacematchError('input-invalid', `A photo was refused: ${decoded.code}.`);
      return decoded.whole === undefined ? decoded.pixels : decoded.whole();
    },
  };
}
