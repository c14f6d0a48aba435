import type { ReactNode } from 'react';
import type { CalibrationView, ComparisonAnswer, Geometries } from '../api/types.js';
import { useGet } from '../api/useGet.js';
import { useWords } from '../app/context.js';
import { Quality } from '../scores/Quality.js';
import { Scores } from '../scores/Scores.js';
import { EvidencePhotos } from './EvidencePhotos.js';
import { Findings } from './Findings.js';

/** A comparison as a person judges it: photos first, the reason beside them, figures and the rest below. */
export function EvidenceView({
  answer,
  aside,
  below,
}: {
  readonly answer: ComparisonAnswer;
  /** What is to be done, beside the photos. */
  readonly aside?: ReactNode;
  readonly below?: ReactNode;
}) {
  const words = useWords();
  const { evidence } = answer;
  const calibration = useGet<CalibrationView>(evidence === undefined ? null : '/v1/calibration');
  const geometries = useGet<Geometries>(
    evidence === undefined ? null : `/v1/comparisons/${answer.comparisonId}/geometry`,
  );
  const fits = calibration.data?.model === evidence?.model ? calibration.data : undefined;
  return (
    <>
      <div className="case">
        <div className="case-main">
          {evidence === undefined ? (
            <p>{words('comparison.noEvidence')}</p>
          ) : (
            <EvidencePhotos answer={answer} geometries={geometries.data} threshold={fits?.single.threshold} />
          )}
        </div>
        <aside className="case-side">
          <Findings answer={answer} />
          {aside}
        </aside>
      </div>
      {evidence !== undefined && (
        <div className="panels">
          <section className="panel wide">
            <h2>{words('score.title')}</h2>
            <Scores evidence={evidence} calibration={fits} />
          </section>
          <div className="panel-column">
            {below}
            <section className="panel">
              <h2>{words('quality.title')}</h2>
              <Quality advice={answer.quality} measured={evidence.quality} geometries={geometries.data} />
            </section>
            <section className="panel">
              <h2>{words('comparison.measured')}</h2>
              <dl className="pairs">
                <dt>{words('comparison.model')}</dt>
                <dd className="mono">{evidence.model}</dd>
                <dt>{words('comparison.calibration')}</dt>
                <dd className="mono">{evidence.calibration}</dd>
                <dt>{words('comparison.policy')}</dt>
                <dd className="mono">{evidence.policy}</dd>
              </dl>
              <p className="hint">{words('comparison.asOf', { day: words.day(answer.referencesAsOf) })}</p>
            </section>
          </div>
        </div>
      )}
    </>
  );
}
