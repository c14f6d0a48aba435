import fc from 'fast-check';
import { zipWith } from '../../face/images.js';
import { background, portraitOf, twoPeople } from '../../support/samples.js';
import { type Answer, Client } from '../client.js';
import { type Operation, readDescription } from '../description.js';
import { type Extent, isOver } from '../extent.js';
import type { Findings } from '../findings.js';
import { childrenOf, MemoryWatch } from '../memory.js';
import { complaintsOf, problemCode } from '../oracle.js';
import { Random } from '../random.js';
import { Tally } from '../report.js';
import { startFuzzedService } from '../service.js';
import { Bank } from './bank.js';
import { everyCaller } from './callers.js';
import type { ApiReport } from './report.js';
import { type Draft, type Ingredients, requestsFor } from './requests.js';
import { World } from './world.js';

/** Requests to an operation before it is the next one's turn. */
const runs = 12;
const atOnce = 3;

/** Fuzzes every operation of the service's description, against the running service. Faults go to `findings`. */
export async function fuzzApi(seed: number, extent: Extent, findings: Findings): Promise<ApiReport> {
  const random = new Random(seed);
  const service = await startFuzzedService();
  const client = new Client(service.url);
  try {
    const description = await readDescription(service.url);
    const bank = new Bank();
    const callers = await everyCaller(service);
    const world = new World(client, bank, callers);
    await world.settle();
    const photos = await photosToSend();
    const ingredients: Ingredients = {
      root: description.root,
      bank,
      callers,
      photos,
      examples: world.examples,
    };
    const operations = description.operations.map((operation) => ({
      operation,
      arbitrary: requestsFor(operation, ingredients),
      answers: new Tally(),
    }));
    const [faults, answers] = [new Tally(), new Tally()];
    const memory = [
      new MemoryWatch('service', () => [service.pid]),
      new MemoryWatch('its decoder processes', () => childrenOf(service.pid)),
    ];
    let requests = 0;

    /** What is wrong with the answer, if anything. */
    const tryOne = async (operation: Operation, draft: Draft, tally: Tally): Promise<string[]> => {
      requests++;
      const answer = await client.send(draft.wire);
      faults.add(draft.fault);
      if (typeof answer === 'string') return [`no answer: ${answer}`];
      const name = nameOf(answer);
      answers.add(name);
      bank.harvest(answer.status < 300 ? jsonOf(answer) : undefined);
      const isOther = draft.fault === 'method' || draft.fault === 'path';
      if (!isOther) tally.add(String(answer.status));
      return complaintsOf(description, isOther ? undefined : operation, draft.wire, answer, draft.planted);
    };

    const fuzzOne = async (
      { operation, arbitrary, answers: tally }: (typeof operations)[number],
      from: number,
    ) => {
      let target: string | undefined;
      const result = await fc.check(
        fc.asyncProperty(arbitrary, async (draft) => {
          const complaints = await tryOne(operation, draft, tally);
          target ??= complaints.find((what) => !findings.has(operation.id, what));
          return target === undefined || !complaints.includes(target);
        }),
        { seed: from, numRuns: 'multipart/form-data' in operation.body ? 3 * runs : runs },
      );
      const draft = result.counterexample?.[0];
      if (target !== undefined)
        findings.add(operation.id, target, draft ? describe(draft) : '', draft?.wire.body);
      else if (result.failed) throw result.errorInstance;
    };

    for (const started = Date.now(); !isOver(extent, started, requests); ) {
      const round = operations
        .map((one) => ({ one, from: random.next() | 0 }))
        .sort((a, b) => a.from - b.from);
      const work = async () => {
        for (let next = round.pop(); next && !isOver(extent, started, requests); next = round.pop())
          await fuzzOne(next.one, next.from);
      };
      await Promise.all(Array.from({ length: atOnce }, work));
      await world.refresh();
      for (const watch of memory) watch.sample();
    }

    if (!service.alive()) findings.add('the service', 'ended', '');
    const told = service.log().match(/zq[0-9a-z]{1,12}Plant/g);
    if (told !== null) findings.add('the log', 'repeats what was sent', told.slice(0, 5).join(' '));
    const verdicts = memory.flatMap((watch) => watch.verdict() ?? []);
    for (const { name, before, after, grew } of verdicts)
      if (grew) findings.add('the service', `memory of the ${name} grew`, `${before} to ${after}`);
    return {
      requests,
      operations: operations.map(({ operation: { id }, answers: tally }) => ({ id, answers: tally })),
      faults,
      answers,
      memory: verdicts,
    };
  } finally {
    client.close();
    await service.stop();
  }
}

/** Undefined where the answer holds none; whether it is well formed is the oracle's to say. */
function jsonOf({ headers, body }: Answer): unknown {
  if (!headers['content-type']?.startsWith('application/json')) return undefined;
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

function nameOf({ status, headers, body }: Answer): string {
  const isProblem = headers['content-type']?.startsWith('application/problem+json') ?? false;
  return isProblem ? `${status} ${problemCode(body.toString())}` : String(status);
}

function describe({ wire: { method, path, headers, body }, fault }: Draft): string {
  const told = Object.entries(headers).map(([name, value]) =>
    name === 'Authorization' ? `${name}: …` : `${name}: ${value.slice(0, 80)}`,
  );
  return `${method} ${path.slice(0, 200)} [${fault}] ${told.join(' | ')}\n  ${body?.toString('latin1').slice(0, 400) ?? ''}`;
}

async function photosToSend(): Promise<Buffer[]> {
  const [good, other, nobody, two] = [
    await portraitOf('1-right'),
    await portraitOf('2-left'),
    await background(),
    await twoPeople(),
  ];
  return [
    good,
    other,
    nobody,
    two,
    Buffer.concat([good, zipWith('zq70Plant')]),
    good.subarray(0, 2000),
    Buffer.from('zq71Plant'),
    Buffer.alloc(0),
  ];
}
