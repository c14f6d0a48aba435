import { type QualityReport, qualityReportSchema } from '../../comparison/qualityCheck.js';
import type { FormRoute } from '../route.js';
import type { Services } from '../services.js';
import { photoOf } from './documents.js';

export const qualityRoutes = ({ checkQuality }: Services): [FormRoute] => [
  {
    id: 'quality.check',
    method: 'post',
    path: '/v1/quality',
    tag: 'Comparisons',
    scope: 'quality:check',
    summary: 'Check whether a photo is good enough, before it is used',
    description:
      'Measures the photo by the components of ISO/IEC 29794-5 and says what to do about those outside their limit. Nothing of the photo is kept. A photo without one usable face is an answer, not an error.',
    form: { shape: { images: [{ name: 'photo', required: true }] } },
    responses: { 200: { description: 'What was measured', schema: qualityReportSchema } },
    problems: [],
    async handler({ caller, language, signal, form }) {
      const body: QualityReport = await checkQuality({ photo: photoOf(form), caller, signal });
      return { status: 200, headers: { 'Content-Language': language, Vary: 'Accept-Language' }, body };
    },
  },
];
