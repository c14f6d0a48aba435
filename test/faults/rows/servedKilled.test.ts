import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ReviewView } from '../../../src/inquiry/reviewView.js';
import { personIn } from '../../oversight/people.js';
import { requireCounts } from '../support/acknowledged.js';
import { folder } from '../support/cleanup.js';
import { fault, rounds } from '../support/fault.js';
import { compare, enrolOne, readComparison } from '../support/people.js';
import { serve } from '../support/served.js';

const times = rounds(2, 30);

fault('kill -9 in a write', `of the service, ${times} times, over HTTP`, {}, async (t, tried) => {
  const place = folder(t);
  let service = await serve(t, place, { env: { FACEMATCH_REVIEW_SECOND_SHARE: '0' } });
  const people = await enrolOne(service);
  const comparisons: string[] = [];
  const verdicts: string[] = [];
  for (let round = 0; round < times; round++) {
    const analyst = await personIn(service, 'fraud-analyst');
    const before = comparisons.length + verdicts.length;
    const lane = async () => {
      for (;;) {
        const answer = await compare(service, people, people.stranger).catch(() => undefined);
        if (answer === undefined) return;
        assert.equal(answer.status, 201, answer.text);
        comparisons.push(answer.body.comparisonId);
        const path = `/v1/reviews/${answer.body.review?.reviewId}`;
        const claimed = await analyst.post<ReviewView>(`${path}/claim`, {}).catch(() => undefined);
        if (claimed === undefined) return;
        const said = { verdict: 'same-person', reason: 'Same scar', timeSpentSeconds: 3 };
        const verdict = await analyst.post<ReviewView>(`${path}/verdict`, said).catch(() => undefined);
        if (verdict === undefined) return;
        assert.equal(verdict.status, 200, verdict.text);
        verdicts.push(path);
      }
    };
    const lanes = Promise.all([lane(), lane(), lane()]);
    while (comparisons.length + verdicts.length < before + 4) await sleep(5);
    await sleep(Math.random() * 60);
    process.kill(service.pid, 'SIGKILL');
    await lanes;
    await service.ended;
    service = await serve(t, place, { env: { FACEMATCH_REVIEW_SECOND_SHARE: '0' } });
    for (const id of comparisons) assert.equal((await readComparison(service, id)).status, 200);
    const reader = await personIn(service, 'fraud-analyst');
    for (const path of verdicts) {
      const { body } = await reader.get<ReviewView>(path);
      assert.deepEqual([body.status, body.verdict], ['done', 'same-person']);
    }
  }
  assert.equal((await service.stop()).status, 0);
  requireCounts(join(place, 'facematch.db'));
  tried(`${comparisons.length} comparisons and ${verdicts.length} verdicts acknowledged: none lost`);
});
