import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import sharp from 'sharp';
import type { ComparisonAnswer } from '../../src/comparison/answer.js';
import type { CalibrationView } from '../../src/comparison/calibrationView.js';
import type { Geometry } from '../../src/inquiry/photos.js';
import type { AuditPage } from '../../src/oversight/auditAccess.js';
import type { Me } from '../../src/oversight/me.js';
import { formOf, personIn } from '../oversight/people.js';
import { applicationOf, type Holder, inventHolder, officeOf, photo } from '../support/office.js';
import { derivedPortraitOf, portraitOf } from '../support/samples.js';
import { startTestService, type TestService } from '../support/service.js';

let service: TestService;
let holder: Holder;
let comparisonId: string;
const at = (what: string) => `/v1/comparisons/${comparisonId}/${what}`;
const fetchAs = async (who: { token: string }, path: string) => {
  const response = await fetch(service.url + path, { headers: { authorization: `Bearer ${who.token}` } });
  return {
    status: response.status,
    headers: response.headers,
    bytes: Buffer.from(await response.arrayBuffer()),
  };
};

before(async () => {
  service = await startTestService();
  const large = await sharp(await portraitOf('3-middle'))
    .resize({ width: 2400 })
    .jpeg()
    .toBuffer();
  holder = inventHolder(
    'Bewijs',
    ['Bea'],
    [
      ['2009-01-01', photo(await portraitOf('1-right'))],
      ['2018-01-01', photo(large)],
    ],
  );
  await officeOf(service, await service.token(['documents:write'])).enrol(holder);
  const office = await personIn(service, 'office');
  const response = await fetch(`${service.url}/v1/comparisons`, {
    method: 'POST',
    headers: { authorization: `Bearer ${office.token}` },
    body: formOf('application', applicationOf({ as: holder }, 4100), {
      photo: await derivedPortraitOf('3-middle'),
    }),
  });
  comparisonId = ((await response.json()) as ComparisonAnswer).comparisonId;
});
after(() => service.dispose());

test('each photo of a comparison as JPEG without metadata, not to be kept, with who looked and when on it', async () => {
  const analyst = await personIn(service, 'fraud-analyst', { person: 'analyst-7' });
  const other = await personIn(service, 'fraud-analyst', { person: 'somebody.else@justice.example' });
  for (const name of ['probe', 'newest', 'older']) {
    const seen = await fetchAs(analyst, at(`photos/${name}`));
    assert.equal(seen.status, 200, name);
    assert.equal(seen.headers.get('content-type'), 'image/jpeg');
    assert.equal(seen.headers.get('cache-control'), 'no-store');
    const { format, exif, icc, xmp, width = 0, height = 0 } = await sharp(seen.bytes).metadata();
    assert.deepEqual([format, exif, icc, xmp], ['jpeg', undefined, undefined, undefined]);
    const pixels = (bytes: Buffer) => sharp(bytes).raw().toBuffer();
    const mine = await pixels(seen.bytes);
    const theirs = await pixels((await fetchAs(other, at(`photos/${name}`))).bytes);
    const differing = (top: number, bottom: number) => {
      let n = 0;
      for (let i = top * width * 3; i < bottom * width * 3; i++) {
        if (Math.abs(mine[i]! - theirs[i]!) > 60) n++;
      }
      return n;
    };
    assert.ok(
      differing(height - Math.round(width / 400) * 12, height) > 500,
      'the line names another person',
    );
    assert.ok(differing(0, Math.round(height / 2)) < 20, 'the face is hardly touched');
  }
  assert.equal((await fetchAs(analyst, at('photos/signature'))).status, 404);
  assert.equal((await fetchAs(analyst, '/v1/comparisons/nothing/photos/probe')).status, 404);
  for (const role of ['office', 'data-protection-officer', 'border-police'] as const) {
    assert.equal((await fetchAs(await personIn(service, role), at('photos/probe'))).status, 403, role);
  }
  const officer = await personIn(service, 'data-protection-officer');
  const { body } = await officer.post<AuditPage>('/v1/audit/query', {
    recordId: comparisonId,
    action: 'comparison.photo',
    person: 'analyst-7',
  });
  assert.deepEqual(
    body.entries.map(({ facts }) => facts['photo']),
    ['probe', 'newest', 'older'],
  );
});

test('landmarks and eyes lie on the pictures as they are served', async () => {
  const analyst = await personIn(service, 'fraud-analyst');
  const { status, body } = await analyst.get<Geometry>(at('geometry'));
  assert.equal(status, 200);
  for (const name of ['probe', 'newest', 'older'] as const) {
    const face = body[name]!;
    const { width, height } = await sharp((await fetchAs(analyst, at(`photos/${name}`))).bytes).metadata();
    assert.deepEqual([face.width, face.height], [width, height], name);
    assert.equal(face.landmarks.length, 68);
    assert.ok(face.quality.components.Sharpness.score !== undefined, 'and how good the photo is');
    for (const [x, y] of face.landmarks) assert.ok(x > 0 && x < width! && y > 0 && y < height!, name);
    const [leftX, leftY] = face.leftEye;
    assert.ok(face.rightEye[0] - leftX > width! / 8, 'the left eye is the one on the left');
    const mouth = face.landmarks[62]!;
    assert.ok(mouth[1] > leftY + (face.rightEye[0] - leftX) / 2, 'the mouth is under the eyes');
  }
  assert.ok(body.newest!.width < 2400 && body.newest!.width >= 600, 'a large photo is served smaller');
});

test('the photo of a document', async () => {
  const analyst = await personIn(service, 'fraud-analyst');
  const desk = await personIn(service, 'holder-desk');
  const { registerNumber } = holder;
  const { body: found } = await desk.post<{ holders: string[] }>('/v1/holders/lookup', { registerNumber });
  const { body: file } = await desk.get<{ documents: { documentId: string }[] }>(
    `/v1/holders/${found.holders[0]}/file`,
  );
  const path = `/v1/documents/${file.documents[0]!.documentId}/photo`;
  const seen = await fetchAs(analyst, path);
  assert.deepEqual([seen.status, seen.headers.get('content-type')], [200, 'image/jpeg']);
  assert.equal((await fetchAs(desk, path)).status, 403);
  assert.equal((await fetchAs(analyst, '/v1/documents/nothing/photo')).status, 404);
});

test('scores are drawn on distributions whose integral is one, and the rates are those of the evidence', async () => {
  const analyst = await personIn(service, 'fraud-analyst');
  const { body: calibration } = await analyst.get<CalibrationView>('/v1/calibration');
  const { body: comparison } = await analyst.get<ComparisonAnswer>(`/v1/comparisons/${comparisonId}`);
  const evidence = comparison.evidence!;
  assert.equal(calibration.model, evidence.model);
  assert.equal(calibration.version, evidence.calibration);
  assert.equal(calibration.policy, evidence.policy);
  assert.equal(calibration.fused.threshold, evidence.fused!.threshold);
  for (const kind of ['single', 'fused'] as const) {
    const { curves, falseMatchRate, threshold } = calibration[kind];
    for (const name of ['mated', 'nonMated'] as const) {
      const step = curves[name][1]![0] - curves[name][0]![0];
      const integral = curves[name].reduce((sum, [, density]) => sum + density * step, 0);
      assert.ok(Math.abs(integral - 1) < 0.01, `${kind} ${name} ${integral}`);
    }
    const peak = (curve: readonly (readonly number[])[]) =>
      curve.reduce((best, point) => (point[1]! > best[1]! ? point : best))[0]!;
    assert.ok(peak(curves.nonMated) < threshold && threshold < peak(curves.mated), kind);
    assert.ok(falseMatchRate.every(([score], i) => i === 0 || score > falseMatchRate[i - 1]![0]));
  }
});

test('a token is told what it opens, whatever its role, and nobody without a token', async () => {
  const office = await personIn(service, 'office');
  const { body } = await office.get<Me>('/v1/me');
  assert.deepEqual(
    [body.person, body.office, body.role, body.mode],
    ['office-1', 'gent', 'office', { mode: 'active' }],
  );
  assert.ok(body.scopes.includes('comparisons:write') && !body.scopes.includes('documents:read'));
  const unknown = await service.token(['documents:read'], { role: 'chief' });
  const told = await fetchAs({ token: unknown }, '/v1/me');
  assert.equal(told.status, 200);
  const me = JSON.parse(told.bytes.toString()) as Me;
  assert.deepEqual([me.role, me.scopes], [null, []]);
  assert.equal((await fetch(`${service.url}/v1/me`)).status, 401);
  const investigator = await personIn(service, 'investigator');
  assert.equal((await fetchAs(investigator, '/v1/me')).status, 200, 'before they name an inquiry');
});
