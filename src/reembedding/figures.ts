import { Gauge, type Registry } from 'prom-client';
import type { SetFigures } from './completion.js';

/** Another process may look at the sets now: its figures are newer. */
const staleMs = 2 * 60 * 60 * 1000;

/** How the sets of embeddings stand, as this process saw them last. */
export function createSetFigures(registry: Registry): (model: string, figures: SetFigures) => void {
  const seen = new Map<string, { readonly at: number; readonly figures: SetFigures }>();
  const gauges: readonly [name: string, help: string, of: (figures: SetFigures) => number][] = [
    ['facematch_embedding_documents', 'Documents in the store', ({ documents }) => documents],
    ['facematch_embedding_covered', 'Documents whose photo the model has seen', ({ covered }) => covered],
    ['facematch_embedding_unread', 'Documents whose photo could not be read for it', ({ unread }) => unread],
  ];
  for (const [name, help, of] of gauges)
    new Gauge({
      name,
      help: `${help}, by model; as of the last look by this process, none after two hours`,
      labelNames: ['model'],
      registers: [registry],
      collect() {
        this.reset();
        for (const [model, { at, figures }] of seen)
          if (performance.now() - at < staleMs) this.set({ model }, of(figures));
      },
    });
  return (model, figures) => seen.set(model, { at: performance.now(), figures });
}
