import type { ComparisonAnswer, Geometries, Scored } from '../api/types.js';
import { useWords } from '../app/context.js';
import { ComparedPhotos, type Shown } from '../photos/ComparedPhotos.js';
import { usePhoto } from '../photos/usePhoto.js';
import { oneIn } from '../scores/meaning.js';

/** The application's photo in the middle of the two it is compared with: each neighbour is one comparison. */
export function EvidencePhotos({
  answer,
  geometries,
  threshold,
}: {
  readonly answer: ComparisonAnswer;
  readonly geometries: Geometries | undefined;
  /** From which a photo is as like another as one person's are. */
  readonly threshold: number | undefined;
}) {
  const words = useWords();
  const path = `/v1/comparisons/${answer.comparisonId}`;
  const references = answer.evidence?.references ?? [];
  const [newest, older] = references;
  const states = {
    probe: usePhoto(`${path}/photos/probe`),
    newest: usePhoto(newest === undefined ? null : `${path}/photos/newest`),
    older: usePhoto(older === undefined ? null : `${path}/photos/older`),
  };
  const reference = (name: 'newest' | 'older', one: typeof newest): Shown => ({
    name,
    state: states[name],
    none: words(one === undefined ? 'photos.none' : 'photos.unavailable'),
    caption: (
      <>
        <strong>{words(`photos.${name}`)}</strong>
        {one !== undefined && (
          <>
            <span className="mono">{one.documentNumber}</span>
            <span>
              {words('photos.issued', { day: words.day(one.issuedOn) })} ·{' '}
              {words('photos.yearsBefore', { years: words.number(one.ageYears, 1) })}
            </span>
            <Likeness scored={one.comparison} threshold={threshold} />
          </>
        )}
      </>
    ),
  });
  const probe: Shown = {
    name: 'probe',
    state: states.probe,
    none: words('photos.unavailable'),
    caption: (
      <>
        <strong>{words('photos.probe')}</strong>
        <span className="mono">{answer.applicationId}</span>
        <span>{words.day(answer.comparedAt)}</span>
        <span>{words('comparison.tries', { count: answer.evidence?.tries ?? 1 })}</span>
      </>
    ),
  };
  const shown = [
    probe,
    ...(newest === undefined ? [] : [reference('newest', newest)]),
    ...(older === undefined ? [] : [reference('older', older)]),
  ];
  return <ComparedPhotos shown={shown} geometries={geometries} />;
}

function Likeness({
  scored,
  threshold,
}: {
  readonly scored: Scored | undefined;
  readonly threshold: number | undefined;
}) {
  const words = useWords();
  if (scored === undefined) return <span className="quiet">{words('score.none')}</span>;
  return (
    <span className={threshold !== undefined && scored.score < threshold ? 'likeness unlike' : 'likeness'}>
      {words('score.short', { score: words.number(scored.score, 2), rate: oneIn(scored, words) })}
    </span>
  );
}
