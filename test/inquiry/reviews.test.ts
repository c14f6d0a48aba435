import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ComparisonAnswer } from '../../src/comparison/answer.js';
import type { ReviewItem, ReviewView } from '../../src/inquiry/reviewView.js';
import type { ModeRequestView } from '../../src/oversight/mode.js';
import type { UseReport } from '../../src/oversight/useReport.js';
import { formOf, personIn } from '../oversight/people.js';
import { directDatabase } from '../support/directDatabase.js';
import { applicationOf, type Holder, inventHolder, officeOf, photo } from '../support/office.js';
import { derivedPortraitOf, portraitOf } from '../support/samples.js';
import { startTestService, type TestService } from '../support/service.js';

const minute = 60_000;
let now = Date.now();
let service: TestService;
let holder: Holder;
let stranger: Buffer;
let applicant: Buffer;
let applications = 5200;

before(async () => {
  service = await startTestService(
    { FACEMATCH_REVIEW_SECOND_SHARE: '0', FACEMATCH_REVIEW_CLAIM_MINUTES: '30' },
    { clock: () => new Date(now) },
  );
  holder = inventHolder(
    'Nazien',
    ['Anna'],
    [
      ['2009-01-01', photo(await portraitOf('1-right'))],
      ['2018-01-01', photo(await portraitOf('3-middle'))],
    ],
  );
  stranger = await portraitOf('6-left');
  applicant = await derivedPortraitOf('3-middle');
  await officeOf(service, await service.token(['documents:write'])).enrol(holder);
});
after(() => service.dispose());

type Person = Awaited<ReturnType<typeof personIn>>;
interface Queue {
  readonly items: ReviewItem[];
  readonly next: string | null;
  readonly counts: Record<string, number>;
}
const office = () => personIn(service, 'office');
const analyst = (n: number) => personIn(service, 'fraud-analyst', { person: `analyst-${n}` });
const supervisor = () => personIn(service, 'supervisor', { person: 'supervisor-9' });

const compare = async (bytes = stranger) => {
  const response = await fetch(`${service.url}/v1/comparisons`, {
    method: 'POST',
    headers: { authorization: `Bearer ${(await office()).token}` },
    body: formOf('application', applicationOf({ as: holder }, ++applications), { photo: bytes }),
  });
  assert.equal(response.status, 201);
  return (await response.json()) as ComparisonAnswer;
};
const inReview = async () => {
  const answer = await compare();
  assert.equal(answer.outcome, 'review');
  return { comparisonId: answer.comparisonId, path: `/v1/reviews/${answer.review!.reviewId}` };
};
const queue = async (who: Person, query = '') => (await who.get<Queue>(`/v1/reviews?limit=200${query}`)).body;
const claim = (who: Person, path: string) => who.post<ReviewView>(`${path}/claim`, {});
const say = (who: Person, path: string, verdict: string, reason = 'Other ears') =>
  who.post<ReviewView>(`${path}/verdict`, { verdict, reason, timeSpentSeconds: 40 });
const asOffice = async (comparisonId: string) =>
  (await (await office()).get<ComparisonAnswer>(`/v1/comparisons/${comparisonId}`)).body;

test('a comparison in review enters the queue, others do not; the office sees what came of it', async () => {
  const consistent = await compare(applicant);
  assert.deepEqual([consistent.outcome, consistent.review], ['consistent', undefined]);
  const { comparisonId, path } = await inReview();
  now += 10 * minute;
  const one = await analyst(1);
  const { items, counts } = await queue(one);
  const [item] = items.filter((each) => each.comparisonId === comparisonId);
  assert.equal(items.filter((each) => each.comparisonId === consistent.comparisonId).length, 0);
  assert.deepEqual(
    [item!.status, item!.outcome, item!.mode, item!.claimable, item!.holdsYou, item!.claimedBy],
    ['waiting', 'review', 'active', true, false, null],
  );
  assert.deepEqual([item!.reasons.includes('does-not-match'), item!.office], [true, 'gent']);
  assert.ok(item!.score! < 0.3 && item!.strength! < 3 && item!.ageSeconds === 600);
  assert.equal(counts['waiting'], items.length);

  assert.equal((await say(one, path, 'same-person')).status, 409, 'not without taking it');
  const taken = await claim(one, path);
  assert.deepEqual([taken.status, taken.body.status, taken.body.holdsYou], [200, 'claimed', true]);
  assert.equal((await queue(one, '&mine=true')).items.length, 1);
  const two = await analyst(2);
  const held = (await queue(two, '&status=claimed')).items[0]!;
  assert.deepEqual([held.claimedBy, held.claimable, held.holdsYou], ['analyst-1', false, false]);
  const refused = await claim(two, path);
  assert.deepEqual([refused.status, refused.body.type], [409, '/problems/review-claimed']);
  const other = await say(two, path, 'same-person');
  assert.deepEqual([other.status, other.body.type], [409, '/problems/review-not-yours']);
  assert.equal((await one.post(`${path}/verdict`, { verdict: 'same-person' })).status, 422, 'a reason it is');

  assert.deepEqual((await asOffice(comparisonId)).review?.status, 'open');
  now += 4 * minute;
  const done = await say(one, path, 'same-person', 'Scar on the chin');
  assert.deepEqual([done.status, done.body.status, done.body.verdict], [200, 'done', 'same-person']);
  assert.deepEqual((await asOffice(comparisonId)).review, {
    reviewId: path.split('/').at(-1),
    status: 'done',
    verdict: 'same-person',
  });
  assert.equal((await say(one, path, 'different-person')).body.type, '/problems/review-closed');
  assert.equal((await claim(two, path)).body.type, '/problems/review-closed');
  assert.equal((await queue(two, '&status=done')).items[0]!.verdict, 'same-person');
});

test('so does one that came in a batch', async () => {
  const form = new FormData();
  const application = JSON.stringify(applicationOf({ as: holder }, ++applications));
  form.append('application', new Blob([application], { type: 'application/json' }));
  form.append('photo', new Blob([new Uint8Array(stranger)]), 'photo');
  const response = await fetch(`${service.url}/v1/comparisons/batch`, {
    method: 'POST',
    headers: { authorization: `Bearer ${(await office()).token}` },
    body: form,
  });
  const { items } = (await response.json()) as { items: { comparison: ComparisonAnswer }[] };
  const { review } = items[0]!.comparison;
  const one = await analyst(1);
  assert.ok((await queue(one)).items.some(({ reviewId }) => reviewId === review!.reviewId));
  await claim(one, `/v1/reviews/${review!.reviewId}`);
  await say(one, `/v1/reviews/${review!.reviewId}`, 'photo-unusable');
});

test('another person takes two people who do not see each other’s answer', async () => {
  const { comparisonId, path } = await inReview();
  const [one, two] = [await analyst(1), await analyst(2)];
  await claim(one, path);
  const first = await say(one, path, 'different-person', 'Left ear is detached');
  assert.deepEqual([first.body.status, first.body.verdict], ['second-waiting', null]);
  assert.deepEqual(first.body.yours, { verdict: 'different-person', reason: 'Left ear is detached' });
  assert.deepEqual((await asOffice(comparisonId)).review, {
    reviewId: first.body.reviewId,
    status: 'open',
    verdict: null,
  });
  const again = await claim(one, path);
  assert.deepEqual([again.status, again.body.type], [403, '/problems/second-person-required']);
  const forOne = (await queue(one, '&status=second-waiting')).items[0]!;
  assert.deepEqual([forOne.claimable, forOne.verdict], [false, null]);

  for (const who of [two, await supervisor()]) {
    const blind = await who.get<ReviewView>(path);
    assert.equal(blind.body.yours, null);
    assert.ok(!/ear|different-person|analyst-1/.test(blind.text), blind.text);
  }
  assert.equal((await claim(two, path)).body.status, 'second-claimed');
  assert.ok(!/ear|different-person|analyst-1/.test((await two.get(path)).text));
  const second = await say(two, path, 'different-person', 'Nose bridge differs');
  assert.deepEqual([second.body.status, second.body.verdict], ['done', 'different-person']);
  const said = second.body.history.filter(({ action }) => action === 'verdict');
  assert.deepEqual(
    said.map(({ step, person, verdict, reason }) => [step, person, verdict, reason]),
    [
      ['first', 'analyst-1', 'different-person', 'Left ear is detached'],
      ['second', 'analyst-2', 'different-person', 'Nose bridge differs'],
    ],
    'when it is done everything shows',
  );
});

test('who disagrees, and who escalates, leaves it to a supervisor, whose word ends it', async () => {
  const [one, two, nine] = [await analyst(1), await analyst(2), await supervisor()];
  const disputed = await inReview();
  await claim(one, disputed.path);
  await say(one, disputed.path, 'different-person');
  await claim(two, disputed.path);
  assert.equal((await say(two, disputed.path, 'same-person', 'Same mole')).body.status, 'disputed');
  const escalated = await inReview();
  await claim(two, escalated.path);
  assert.equal((await say(two, escalated.path, 'escalate', 'Needs an expert')).body.status, 'disputed');

  assert.equal((await claim(await analyst(3), disputed.path)).status, 403);
  const { items } = await queue(nine, '&status=disputed');
  assert.ok(items.length === 2 && items.every(({ claimable }) => claimable));
  const seen = await nine.get<ReviewView>(disputed.path);
  assert.deepEqual(
    seen.body.history
      .filter(({ action }) => action === 'verdict')
      .map(({ verdict, person }) => [verdict, person]),
    [
      ['different-person', null],
      ['same-person', null],
    ],
    'what they said, not who',
  );
  assert.equal((await claim(nine, disputed.path)).body.status, 'settling');
  assert.equal((await say(nine, disputed.path, 'escalate')).status, 422, 'there is nobody above');
  const settled = await say(nine, disputed.path, 'same-person', 'The mole is decisive');
  assert.deepEqual([settled.body.status, settled.body.verdict], ['done', 'same-person']);
  await claim(nine, escalated.path);
  assert.equal((await say(nine, escalated.path, 'photo-unusable')).body.verdict, 'photo-unusable');
  const fresh = await inReview();
  assert.equal((await claim(nine, fresh.path)).status, 403, 'a supervisor works no queue');
});

test('two who take it at the same moment: one has it', async () => {
  const people = await Promise.all([1, 2, 3, 4, 5, 6].map(analyst));
  for (let round = 0; round < 5; round++) {
    const { path } = await inReview();
    const answers = await Promise.all(people.map((who) => claim(who, path)));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409, 409, 409, 409, 409]);
    const winner = people[answers.findIndex(({ status }) => status === 200)]!;
    // Nor is one verdict given twice.
    const given = await Promise.all([say(winner, path, 'same-person'), say(winner, path, 'same-person')]);
    assert.deepEqual(given.map(({ status }) => status).sort(), [200, 409]);
  }
});

test('a claim ends when it is given back and when its time is over, and whoever keeps at it keeps it', async () => {
  const { path } = await inReview();
  const [one, two] = [await analyst(1), await analyst(2)];
  await claim(one, path);
  assert.equal((await two.post(`${path}/release`, {})).body.type, '/problems/review-not-yours');
  assert.equal((await one.post<ReviewView>(`${path}/release`, {})).body.status, 'waiting');
  await claim(one, path);
  now += 20 * minute;
  const kept = await personIn(service, 'fraud-analyst', { person: 'analyst-1' });
  assert.equal((await claim(kept, path)).status, 200, 'for longer');
  now += 20 * minute;
  assert.equal((await claim(await analyst(2), path)).status, 409);
  now += 11 * minute;
  const late = await say(await analyst(1), path, 'same-person');
  assert.deepEqual([late.status, late.body.type], [409, '/problems/review-not-yours']);
  const next = await claim(await analyst(2), path);
  assert.equal(next.status, 200);
  assert.deepEqual(
    next.body.history.map(({ action }) => action),
    ['opened', 'claimed', 'released', 'claimed', 'expired', 'claimed'],
  );
  await say(await analyst(2), path, 'photo-unusable', 'Blurred');
});

test('a share of the reviews gets a second look whatever the first said', async () => {
  const drawn = await startTestService({ FACEMATCH_REVIEW_SECOND_SHARE: '1' });
  try {
    await officeOf(drawn, await drawn.token(['documents:write'])).enrol(holder);
    const clerk = await personIn(drawn, 'office');
    const response = await fetch(`${drawn.url}/v1/comparisons`, {
      method: 'POST',
      headers: { authorization: `Bearer ${clerk.token}` },
      body: formOf('application', applicationOf({ as: holder }, 1), { photo: stranger }),
    });
    const path = `/v1/reviews/${((await response.json()) as ComparisonAnswer).review!.reviewId}`;
    const [one, two] = [
      await personIn(drawn, 'fraud-analyst', { person: 'analyst-1' }),
      await personIn(drawn, 'fraud-analyst', { person: 'analyst-2' }),
    ];
    await claim(one, path);
    assert.equal((await say(one, path, 'same-person')).body.status, 'second-waiting');
    await claim(two, path);
    assert.equal((await say(two, path, 'same-person')).body.verdict, 'same-person');
  } finally {
    await drawn.dispose();
  }
});

test('the report counts what people did, and how long it took', async () => {
  const day = new Date(now).toISOString().slice(0, 10);
  const nine = await supervisor();
  const year = Number(day.slice(0, 4));
  const { body } = await nine.get<UseReport>(`/v1/reports/use?from=${year - 1}-01-01&to=${year + 1}-12-31`);
  const { total, waiting } = body;
  assert.deepEqual(
    [total.verdicts, total.differentPerson, total.secondVerdicts, total.settlements],
    [11, 1, 2, 2],
  );
  assert.equal(total.hitRate, 1 / 11);
  assert.ok(total.waitHours! > 0 && total.handlingMinutes! > 0 && total.reviewHours! > total.waitHours! / 2);
  assert.deepEqual([waiting.reviews, waiting.first, waiting.taken], [1, 1, 0]);
  assert.ok(waiting.oldest! < new Date(now).toISOString());
  const csv = await nine.get(`/v1/reports/use?from=${day}&to=${year + 1}-12-31`, { accept: 'text/csv' });
  assert.match(csv.text, /^waiting,,first,1$/m);
});

test('on trial nobody is told what was computed, and the report compares it with what people found', async () => {
  const ask = async (person: string) => personIn(service, 'supervisor', { person });
  const request = {
    ...{ mode: 'trial', reason: 'Pilot', ground: 'Decision 12' },
    endsAt: new Date(now + 600 * minute).toISOString(),
  };
  const asked = await (await ask('supervisor-1')).post<ModeRequestView>('/v1/mode/requests', request);
  await (await ask('supervisor-2')).post(`/v1/mode/requests/${asked.body.id}/approval`, {});
  const answer = await compare();
  assert.deepEqual([answer.outcome, answer.review], [null, undefined], 'the office learns nothing');
  const one = await analyst(1);
  const { items } = await queue(one);
  const item = items.find((each) => each.comparisonId === answer.comparisonId)!;
  assert.deepEqual(
    [item.mode, item.outcome, item.reasons, item.score, item.strength],
    ['trial', null, [], null, null],
  );
  const path = `/v1/reviews/${item.reviewId}`;
  await claim(one, path);
  await say(one, path, 'same-person');
  assert.equal((await asOffice(answer.comparisonId)).review, undefined);
  const nine = await supervisor();
  const year = new Date(now).getUTCFullYear();
  const { body } = await nine.get<UseReport>(`/v1/reports/use?from=${year - 1}-01-01&to=${year + 1}-12-31`);
  assert.deepEqual(body.trial, [
    { computed: 'review', verdict: 'same-person', decided: null, comparisons: 1 },
  ]);
});

test('neither who reviewed nor why stands in the database in clear', async () => {
  await service.close(2000);
  const db = directDatabase(service.config.store.database, { readonly: true });
  const text = db.serialize().toString('latin1');
  db.close();
  for (const clear of ['analyst-1', 'supervisor-9', 'Left ear', 'mole is decisive']) {
    assert.ok(!text.includes(clear), clear);
  }
});
