import type { Confirmation } from '../../comparison/confirmation.js';
import { label } from '../../messages/labels.js';
import type { Language } from '../../oversight/caller.js';
import { definitions, escapeHtml, htmlPage } from './html.js';

/** What was recorded at an application, to be handed to the applicant. */
export function confirmationPage(confirmation: Confirmation, language: Language): string {
  const title = label(language, 'confirm.title');
  const body = `<p>${escapeHtml(label(language, 'confirm.intro'))}</p>
${definitions([
  [label(language, 'application'), confirmation.applicationId],
  [label(language, 'office'), confirmation.office],
  [label(language, 'at'), confirmation.comparedAt.slice(0, 10)],
  [label(language, 'confirm.references'), confirmation.references],
  [label(language, 'outcome'), confirmation.mode === 'trial' ? label(language, 'trial') : undefined],
  [label(language, 'confirm.photoUntil'), confirmation.photoKeptUntil],
  [label(language, 'retentionBasis'), confirmation.photoBasis],
  [label(language, 'confirm.resultUntil'), confirmation.resultKeptUntil],
  [label(language, 'retentionBasis'), confirmation.resultBasis],
])}`;
  return htmlPage(language, { title, body, depth: 4 });
}
