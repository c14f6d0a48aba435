import { type LabelKey, label } from '../../messages/labels.js';
import type { Language } from '../../oversight/caller.js';
import type { EncodedImage } from '../../records/documentView.js';
import type { HolderFile } from '../../records/holderFile.js';
import { dataTable, definitions, escapeHtml, htmlPage } from './html.js';

/** The holder's file, to be read and printed. */
export function holderFilePage(file: HolderFile, language: Language): string {
  const words = (key: LabelKey) => label(language, key);
  const title = words('file.title');
  const body = `<p>${escapeHtml(words('file.intro'))}</p>
${definitions([[words('file.madeAt'), moment(file.madeAt)]])}
<h2>${escapeHtml(words('file.documents'))}</h2>
${file.documents.map((document) => documentSection(document, words)).join('\n')}
<h2>${escapeHtml(words('file.comparisons'))}</h2>
${comparisons(file, words)}
<h2>${escapeHtml(words('file.consultations'))}</h2>
<p>${escapeHtml(words('file.consultationsNote'))}</p>
${consultations(file, words)}`;
  return htmlPage(language, { title, body, depth: 4 });
}

type Words = (key: LabelKey) => string;

function documentSection(document: HolderFile['documents'][number], words: Words): string {
  const { holder, document: paper, production } = document.record;
  return `<section>
<h3>${escapeHtml(`${paper.type} ${paper.number}`)}</h3>
${picture(document.photo, 'photo', words)}${document.signature ? picture(document.signature, 'signature', words) : ''}
<h4>${escapeHtml(words('holder'))}</h4>
${definitions(flat(holder))}
<h4>${escapeHtml(words('document'))}</h4>
${definitions(flat(paper))}
${production === undefined ? '' : `<h4>${escapeHtml(words('production'))}</h4>\n${definitions(flat(production))}`}
${definitions([
  [words('source'), document.source],
  [words('receivedAt'), moment(document.receivedAt)],
  [words('status'), document.status],
  ...document.statuses.map(
    ({ status, on, chipStatus, reason }) =>
      [words('status'), [on, status, chipStatus, reason].filter(Boolean).join(' · ')] as const,
  ),
  [words('embedding'), `${document.embedding.state} (${document.embedding.model})`],
  [words('retentionEnds'), document.retentionEnds],
  [words('retentionBasis'), document.retentionBasis],
])}
${document.rectifications.map((one) => rectification(one, words)).join('\n')}
</section>`;
}

function rectification(one: HolderFile['documents'][number]['rectifications'][number], words: Words): string {
  return `<h4>${escapeHtml(words('rectifications'))} · ${escapeHtml(moment(one.at))}</h4>
${definitions([
  [words('reason'), one.reason],
  ...flat(one.before)
    .filter(([name]) => one.changed.includes(`/${name.replaceAll('.', '/')}`))
    .map(([name, value]) => [`${words('before')}: ${name}`, value] as const),
])}
${one.imagesBefore.map((image) => picture(image, image.kind, words)).join('')}`;
}

function comparisons(file: HolderFile, words: Words): string {
  if (file.comparisons.length === 0) return `<p>${escapeHtml(words('none'))}</p>`;
  return file.comparisons
    .map((comparison) =>
      definitions([
        [words('at'), moment(comparison.comparedAt)],
        [words('office'), comparison.office],
        [words('application'), comparison.applicationId],
        [
          words('outcome'),
          comparison.mode === 'trial' ? `${comparison.outcome} (${words('trial')})` : comparison.outcome,
        ],
        [words('reason'), comparison.reasons.join(', ')],
        [words('score'), comparison.evidence.fused?.score.toFixed(3)],
        ...comparison.reevaluations.map(
          ({ at, outcome }) => [words('reevaluated'), `${moment(at)} · ${outcome ?? words('none')}`] as const,
        ),
        [words('verdict'), comparison.review && words(comparison.review.verdict)],
        [words('decision'), comparison.decision],
        [words('retentionEnds'), comparison.retentionEnds],
      ]),
    )
    .join('\n');
}

function consultations(file: HolderFile, words: Words): string {
  if (file.consultations.length === 0) return `<p>${escapeHtml(words('none'))}</p>`;
  return dataTable(
    [words('at'), words('who'), words('action'), words('ground')],
    file.consultations.map(({ at, role, system, action, ground }) => [
      moment(at),
      role ?? system,
      action,
      ground ?? '',
    ]),
  );
}

function picture(image: EncodedImage, kind: 'photo' | 'signature', words: Words): string {
  const name = escapeHtml(words(kind));
  return `<figure><img class="${kind}" alt="${name}" src="data:${image.mediaType};base64,${image.base64}"><figcaption>${name}</figcaption></figure>`;
}

/** Every value of a record with the path to it. */
function flat(value: object, path = ''): [string, string][] {
  return Object.entries(value).flatMap(([name, inner]): [string, string][] => {
    const here = path === '' ? name : `${path}.${name}`;
    if (Array.isArray(inner)) return [[here, inner.join(' ')]];
    if (typeof inner === 'object' && inner !== null) return flat(inner, here);
    return inner === undefined ? [] : [[here, String(inner)]];
  });
}

const moment = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
