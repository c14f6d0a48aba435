import type { PhotoQuality } from '../../src/face/quality/assess.js';
import { type Component, componentNames, components } from '../../src/face/quality/components.js';

/** A photo with nothing wrong with it, for tests that measure none: every component just at its limit. */
export const fineQuality: PhotoQuality = {
  unified: 90,
  components: Object.fromEntries(
    componentNames.map((name) => {
      const { limit, score }: Component = components[name];
      const value = limit.least ?? limit.most ?? 0;
      return [name, { value, score: Math.round(score(value)) }];
    }),
  ) as PhotoQuality['components'],
};
