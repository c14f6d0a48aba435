import type { CalibrationView, Evidence, Scored } from '../api/types.js';
import { useWords } from '../app/context.js';
import type { MessageKey } from '../messages/messages.js';
import { oneIn } from './meaning.js';
import { type Mark, ScoreChart } from './ScoreChart.js';

/** Every score of the comparison: what it means in words, and where it lies among those of others. */
export function Scores({
  evidence,
  calibration,
}: {
  readonly evidence: Evidence;
  readonly calibration: CalibrationView | undefined;
}) {
  const words = useWords();
  const { fused, agreement, references } = evidence;
  const [newest, older] = references;
  const single = calibration?.single.threshold;
  const singles = [
    ['newest', 'score.newest', newest?.comparison, single],
    ['older', 'score.older', older?.comparison, single],
    ['agreement', 'score.agreement', agreement, calibration?.agreementFloor],
  ] as const satisfies readonly (readonly [string, MessageKey, Scored | undefined, number | undefined])[];
  const marks = singles.flatMap(([, label, scored]): Mark[] =>
    scored === undefined ? [] : [{ label: words(label), score: scored.score }],
  );
  if (marks.length === 0 && fused === undefined) return <p>{words('score.none')}</p>;
  const apart =
    newest !== undefined && older !== undefined
      ? words('photos.yearsApart', { years: words.number(older.ageYears - newest.ageYears, 1) })
      : undefined;
  const two = fused?.rule === 'normalised-sum';
  return (
    <div className="scores">
      <table className="plain">
        <caption className="visually-hidden">{words('score.title')}</caption>
        <thead>
          <tr>
            <th>{words('score.pair')}</th>
            <th className="number">{words('score.value')}</th>
            <th>{words('score.meaning')}</th>
          </tr>
        </thead>
        <tbody>
          {fused !== undefined && two && (
            <Row label={words('score.both')} scored={fused} threshold={fused.threshold} main />
          )}
          {singles.map(
            ([key, label, scored, limit]) =>
              scored !== undefined && (
                <Row
                  key={key}
                  label={words(label)}
                  note={key === 'agreement' ? apart : undefined}
                  scored={scored}
                  threshold={limit}
                />
              ),
          )}
        </tbody>
      </table>
      {fused !== undefined && (
        <p className="hint">
          {words('score.threshold', {
            score: words.number(fused.threshold, 2),
            count: words.number(Math.round(1 / fused.thresholdFalseMatchRate)),
          })}
          {fused.lowerScore !== undefined && fused.lowerScoreFloor !== undefined && (
            <>
              {'. '}
              {words('score.floor', {
                floor: words.number(fused.lowerScoreFloor, 2),
                score: words.number(fused.lowerScore, 2),
              })}
            </>
          )}
        </p>
      )}
      {calibration !== undefined && calibration.single.curves.mated.length > 0 && (
        <div className="charts">
          {fused !== undefined && two && (
            <figure>
              <figcaption>{words('score.both')}</figcaption>
              <ScoreChart
                curves={calibration.fused.curves}
                threshold={fused.threshold}
                marks={[{ label: words('score.fused'), score: fused.score, main: true }]}
              />
            </figure>
          )}
          <figure>
            <figcaption>{words('score.single')}</figcaption>
            <ScoreChart
              curves={calibration.single.curves}
              threshold={
                two ? calibration.single.threshold : (fused?.threshold ?? calibration.single.threshold)
              }
              marks={marks}
            />
          </figure>
          <p className="legend">
            <span>
              <span className="key mated" /> {words('score.mated')}
            </span>
            <span>
              <span className="key non-mated" /> {words('score.nonMated')}
            </span>
            <span>
              <span className="key threshold" /> {words('score.limit')}
            </span>
          </p>
        </div>
      )}
    </div>
  );
}

function Row({
  label,
  note,
  scored,
  threshold,
  main = false,
}: {
  readonly label: string;
  readonly note?: string | undefined;
  readonly scored: Scored;
  readonly threshold: number | undefined;
  readonly main?: boolean;
}) {
  const words = useWords();
  return (
    <tr className={main ? 'main' : undefined}>
      <th scope="row">
        {label}
        {note !== undefined && <span className="quiet"> · {note}</span>}
      </th>
      <td className="number">{words.number(scored.score, 2)}</td>
      <td>
        {words('score.such', { rate: oneIn(scored, words) })}{' '}
        {threshold !== undefined && (
          <span className={scored.score >= threshold ? 'above' : 'below'}>
            {words(scored.score >= threshold ? 'score.above' : 'score.below')}
          </span>
        )}
      </td>
    </tr>
  );
}
