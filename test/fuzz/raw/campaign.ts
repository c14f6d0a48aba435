import { type Extent, isOver } from '../extent.js';
import type { Findings } from '../findings.js';
import { childrenOf } from '../memory.js';
import { Random } from '../random.js';
import { Tally } from '../report.js';
import { startFuzzedService } from '../service.js';
import { hiddenSign, nextRawCase, type RawCase } from './cases.js';
import type { RawReport } from './report.js';
import { type Exchange, exchange } from './stream.js';

const atOnce = 24;

/** Fuzzes what comes before HTTP is understood: bytes on a socket. Faults go to `findings`. */
export async function fuzzRawHttp(seed: number, extent: Extent, findings: Findings): Promise<RawReport> {
  const random = new Random(seed);
  const service = await startFuzzedService();
  const [kinds, statuses] = [new Tally(), new Tally()];
  let exchanges = 0;
  try {
    const authorization = `Bearer ${await service.token({ role: 'checkdoc', scopes: ['checkdoc:read'] })}`;
    const children = childrenOf(service.pid);
    const tryOne = async (one: RawCase, pieces: Buffer[], halfClose: boolean): Promise<void> => {
      const answered = await exchange(service.port, pieces, halfClose);
      exchanges++;
      kinds.add(one.kind);
      statuses.add(
        answered.responses
          .map(({ status }) => status)
          .join(' ')
          .slice(0, 30) || 'none',
      );
      for (const what of faultsOf(one, answered))
        findings.add('raw HTTP', `${one.kind}: ${what}`, answered.rest.slice(0, 200), one.bytes);
    };
    const started = Date.now();
    // Drawn in order, whichever connection is done first.
    const work = async () => {
      while (!isOver(extent, started, exchanges)) {
        const one = nextRawCase(random, authorization);
        await tryOne(one, piecesOf(one.bytes, random), random.chance(0.5));
        if (!service.alive()) throw new Error(`The service ended, at the latest after: ${one.kind}`);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    const live = await fetch(`${service.url}/health/live`);
    if (live.status !== 200) findings.add('raw HTTP', 'the service no longer answers', String(live.status));
    if (childrenOf(service.pid).join() !== children.join())
      findings.add('raw HTTP', 'a decoder process was replaced', '');
    return { exchanges, kinds, statuses };
  } finally {
    await service.stop();
  }
}

/** In one piece, or cut anywhere: a parser must not care. */
function piecesOf(bytes: Buffer, random: Random): Buffer[] {
  if (random.chance(0.6)) return [bytes];
  const at = random.below(bytes.length);
  return [bytes.subarray(0, at), bytes.subarray(at)];
}

/** What Node and our routes may answer to anything; 5xx are not among them. */
const expected = new Set([100, 200, 204, 400, 401, 403, 404, 405, 408, 411, 413, 414, 415, 422, 431]);

function faultsOf({ most, hidden }: RawCase, { responses, rest }: Exchange): string[] {
  const faults: string[] = [];
  const final = responses.filter(({ status }) => status >= 200);
  if (final.length > most) faults.push(`${final.length} answers`);
  for (const { status, head, body } of responses) {
    if (!expected.has(status)) faults.push(`answered ${status}`);
    if (status >= 400 && !/\r\ncontent-type: application\/problem\+json/i.test(head))
      faults.push(`${status} without a problem document`);
    if (/node_modules|\bat .+:\d+:\d+/.test(body)) faults.push(`${status} leaks`);
  }
  if (hidden && responses.some(({ body }) => body.includes(`"type":"${hiddenSign}"`)))
    faults.push('a hidden request was answered');
  if (rest !== '') faults.push('an answer that is no whole response');
  return faults;
}
