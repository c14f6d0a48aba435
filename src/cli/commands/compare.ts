import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { loadCalibration } from '../../comparison/calibration.js';
import { compareThreeWay, explain } from '../../comparison/compare.js';
import { createPolicy, decide } from '../../comparison/policy.js';
import { oneIn } from '../../comparison/rates.js';
import { loadConfig } from '../../config.js';
import { FacematchError } from '../../errors.js';
import type { FaceOutcome, FaceReader } from '../../face/types.js';
import { text } from '../../messages/text.js';
import { withFaces } from '../faces.js';
import { print, run } from '../output.js';

type Read = Exclude<FaceOutcome, { kind: 'refused' }>;

export const compareCommand = new Command('compare')
  .description('compare a probe with one or two references (files), without a store')
  .argument('<probe>', 'photo of the applicant')
  .argument('<reference>', 'photo on a passport')
  .argument('[second]', 'photo on another passport')
  .option('--json', 'print JSON')
  .action((probe: string, reference: string, second: string | undefined, options: { json?: true }) =>
    run(() =>
      compare(probe, second === undefined ? [reference] : [reference, second], options.json === true),
    ),
  );

async function compare(probePath: string, referencePaths: string[], json: boolean): Promise<void> {
  const { policy: settings } = loadConfig(process.env);
  await withFaces({}, async (faces, networks) => {
    const calibration = loadCalibration(networks.calibrationPath, {
      model: networks.embedder,
      pipeline: networks.pipeline,
    });
    const policy = createPolicy(calibration, settings);
    const [probe, ...references] = (await Promise.all(
      [probePath, ...referencePaths].map((path) => read(faces, path)),
    )) as [Read, ...Read[]];
    const threeWay = compareThreeWay(embeddingOf(probe), references.map(embeddingOf));
    const decision = decide(
      {
        identity: 'consistent',
        registerNumberInvalid: false,
        claimedDocumentUnknown: false,
        tries: 1,
        probe: probe.kind === 'embedded' ? 'embedded' : probe.reason,
        sharpness: probe.kind === 'embedded' ? probe.measures.quality.components.Sharpness.value : undefined,
        references: references.length === 2 ? 2 : 1,
        scores: threeWay.each.filter((score) => score !== undefined),
        agreement: threeWay.agreement,
        fused: threeWay.fused,
      },
      policy,
    );
    const { each, agreement, fused } = explain(threeWay, calibration, policy);
    if (json) {
      const result = {
        ...decision,
        each,
        agreement,
        fused,
        model: networks.embedder,
        calibration: calibration.id,
        policy: policy.id,
      };
      print(JSON.stringify(result, null, 2));
      return;
    }
    each.forEach((score, i) => {
      print(`probe – reference ${i + 1}   ${score === undefined ? 'no embedding' : described(score)}`);
    });
    if (agreement) print(`reference 1 – 2       ${described(agreement)}`);
    if (fused)
      print(
        `${references.length === 2 ? 'both, fused           ' : 'decisive              '}${described(fused)}, threshold ${fused.threshold.toFixed(3)} (1 in ${Math.round(1 / fused.thresholdFalseMatchRate).toLocaleString('en')})`,
      );
    print(`outcome               ${decision.outcome}`);
    for (const reason of decision.reasons) print(`  ${reason}: ${text('en', `reason.${reason}`)}`);
  });
}

async function read(faces: FaceReader, path: string): Promise<Read> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw new FacematchError('input-invalid', `The photo ${path} cannot be read.`, {}, { cause });
  }
  const outcome = await faces.read({ bytes });
  if (outcome.kind !== 'refused') return outcome;
  throw new FacematchError(
    outcome.code,
    `${path}: ${text('en', `problem.${outcome.code}.title`)}.`,
    outcome.facts,
  );
}

const embeddingOf = (outcome: Read) => (outcome.kind === 'embedded' ? outcome.embedding : undefined);

function described(score: { score: number; falseMatchRate: number; atMost: boolean }): string {
  return `${score.score.toFixed(4)}  (${oneIn(score)})`;
}
