import { readFile } from 'node:fs/promises';
import Table from 'cli-table3';
import { Command, Option } from 'commander';
import { type QualityReport, qualityReport } from '../../comparison/qualityCheck.js';
import { FacematchError } from '../../errors.js';
import type { FaceReader } from '../../face/types.js';
import { text } from '../../messages/text.js';
import { type Language, languages } from '../../oversight/caller.js';
import { withFaces } from '../faces.js';
import { print, run } from '../output.js';

interface Options {
  readonly json?: true;
  readonly language: Language;
}

export const qualityCommand = new Command('quality')
  .description('what is good and bad about photos, by the components of ISO/IEC 29794-5')
  .argument('<photo...>')
  .option('--json', 'print JSON: one report for each photo')
  .addOption(new Option('--language <code>', 'of what to do about it').choices([...languages]).default('en'))
  .action((photos: string[], options: Options) => run(() => check(photos, options)));

async function check(photos: readonly string[], { json, language }: Options): Promise<void> {
  await withFaces({}, async (faces) => {
    const reports = [];
    for (const photo of photos) reports.push({ photo, ...(await reportOn(faces, photo, language)) });
    if (json) {
      print(JSON.stringify(reports, null, 2));
      return;
    }
    for (const report of reports) print(described(report));
  });
}

async function reportOn(faces: FaceReader, photo: string, language: Language): Promise<QualityReport> {
  const bytes = await readFile(photo).catch((cause) => {
    throw new FacematchError('input-invalid', `The photo ${photo} cannot be read.`, {}, { cause });
  });
  const outcome = await faces.read({ bytes });
  if (outcome.kind !== 'refused') return qualityReport(outcome, language);
  const title = text(language, `problem.${outcome.code}.title`);
  throw new FacematchError(outcome.code, `${photo}: ${title}.`, outcome.facts);
}

function described(report: QualityReport & { readonly photo: string }): string {
  if (report.face !== 'found') return `${report.photo}\n${report.text}\n`;
  const table = new Table({
    head: ['', 'component', 'score', 'value', 'limit', 'unit'],
    style: { head: [], border: [], compact: true },
    colAligns: ['left', 'left', 'right', 'right', 'right', 'left'],
  });
  const { unified } = report;
  table.push(
    unified === undefined
      ? ['', 'UnifiedQualityScore', '–', '–', '', 'this embedder cannot tell']
      : [mark(unified), 'UnifiedQualityScore', unified.score, unified.score, `≥ ${unified.least}`, 'of 100'],
  );
  for (const { component, score, value, limit, unit, withinLimit } of report.components) {
    table.push([mark({ withinLimit }), component, score ?? '–', shown(value), range(limit), unit]);
  }
  const texts = report.advice.map(({ component, text: words }) => `${component}: ${words}`);
  return [report.photo, table.toString(), ...texts, ''].join('\n');
}

const mark = ({ withinLimit }: { withinLimit: boolean }): string => (withinLimit ? '' : '×');
const shown = (value: number | undefined): string =>
  value === undefined ? '–' : value.toFixed(Math.abs(value) < 10 ? 2 : 0);

function range({ least, most }: { least?: number | undefined; most?: number | undefined }): string {
  if (least === undefined) return `≤ ${most}`;
  return most === undefined ? `≥ ${least}` : `${least} to ${most}`;
}
