import { createFacePool } from '../../../src/face/pool/face-pool.js';
import { settings } from '../../face/support.js';
import { Client } from '../client.js';
import { readDescription } from '../description.js';
import { type Extent, isOver } from '../extent.js';
import type { Findings } from '../findings.js';
import { childrenOf, MemoryWatch } from '../memory.js';
import { Random } from '../random.js';
import { Tally } from '../report.js';
import { decoderDeadlineMs, startFuzzedService } from '../service.js';
import { behaviourOf, outcomeOf } from './behaviour.js';
import { nextCase } from './cases.js';
import { Corpus } from './corpus.js';
import { fieldWork, goodAnswer } from './goodPhoto.js';
import { HttpPhotoDoor } from './httpDoor.js';
import { PoolDoor } from './poolDoor.js';
import type { PhotoReport } from './report.js';
import { photoSeeds } from './seeds.js';

/** Cases made from one state of the corpus, whatever order their answers come in: so a seed repeats a run. */
const roundSize = 24;
/** Of a round, those sent through the service instead of to the decoder processes directly. */
const overHttp = 4;

/**
 * Fuzzes what takes a photo: mutated files through the real decoder processes and, a share of them, through the routes.
 * Faults go to `findings`.
 */
export async function fuzzPhotos(seed: number, extent: Extent, findings: Findings): Promise<PhotoReport> {
  const random = new Random(seed);
  const corpus = new Corpus(await photoSeeds());
  const seeds = corpus.size;
  const pool = await createFacePool({ settings: settings(), children: 1, deadlineMs: decoderDeadlineMs });
  const service = await startFuzzedService();
  const client = new Client(service.url);
  try {
    const description = await readDescription(service.url);
    const { token, papers } = await fieldWork(service);
    const doors = {
      pool: new PoolDoor(pool, findings),
      http: new HttpPhotoDoor(client, description, token, papers, findings),
    };
    const first = await goodAnswer(pool, service.url, token);
    const [mutations, outcomes, answers] = [new Tally(), new Tally(), new Tally()];
    const memory = [
      new MemoryWatch('decoder processes', () => pool.pids()),
      new MemoryWatch('service', () => [service.pid]),
      new MemoryWatch('its decoder processes', () => childrenOf(service.pid)),
    ];
    const firstChildren = childrenOf(service.pid);

    let cases = 0;
    for (const started = Date.now(); !isOver(extent, started, cases); ) {
      const round = Array.from({ length: roundSize }, () => nextCase(corpus, random));
      for (const { steps } of round) for (const step of steps) mutations.add(step);
      const sent = round.slice(0, overHttp);
      const read = round.slice(overHttp);
      const reading = doors.pool.read(read);
      for (const one of sent) {
        const what = await doors.http.send(one, random);
        answers.add(what);
        corpus.learn(what, one, / 20[01] /.test(what));
      }
      const results = await reading;
      for (const [i, outcome] of results.entries()) {
        if (outcome === undefined) continue;
        const one = read[i]!;
        outcomes.add(outcomeOf(outcome));
        const isNew = corpus.learn(behaviourOf(one.bytes, outcome), one, outcome.kind !== 'refused');
        if (outcome.kind !== 'refused' && (isNew || random.chance(0.05)))
          await doors.pool.keeps(one, outcome.image);
      }
      cases += round.length;
      for (const watch of memory) watch.sample();
    }

    const last = await goodAnswer(pool, service.url, token);
    if (last !== first)
      findings.add('photo door', 'a good photo is answered otherwise at the end', `${first}\n${last}`);
    const { replaced } = pool.stats();
    if (replaced > 0) findings.add('photo door', 'decoder processes were replaced', String(replaced));
    const gone = firstChildren.filter((pid) => !childrenOf(service.pid).includes(pid));
    if (gone.length > 0 || !service.alive())
      findings.add('photo door', 'the service or its decoder process was replaced', String(gone.length));
    if (/zq[0-9a-z]+Plant/.test(service.log()))
      findings.add('photo door', 'the log repeats what was sent', '');
    const verdicts = memory.flatMap((watch) => watch.verdict() ?? []);
    for (const { name, before, after, grew } of verdicts)
      if (grew) findings.add('photo door', `memory of the ${name} grew`, `${before} to ${after}`);
    return {
      cases,
      seeds,
      corpus: corpus.size,
      behaviours: corpus.behaviours,
      mutations,
      outcomes,
      answers,
      replaced,
      memory: verdicts,
    };
  } finally {
    client.close();
    await service.stop();
    await pool.close();
  }
}
