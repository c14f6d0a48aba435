import { formBytes, formType, type PartSpec } from '../../http/harness.js';
import type { Client, Wire } from '../client.js';
import { type Description, operationOf } from '../description.js';
import type { Findings } from '../findings.js';
import { complaintsOf, problemCode } from '../oracle.js';
import type { Random } from '../random.js';
import type { PhotoCase } from './cases.js';

/** Documents that the photo comes with; every application is another one. */
export interface Papers {
  record(): object;
  application(): object;
}

/** Sends photos to the routes that take one, with honest and with lying types and names. */
export class HttpPhotoDoor {
  constructor(
    private readonly client: Client,
    private readonly description: Description,
    /** With the scopes of all three routes. */
    private readonly token: string,
    private readonly papers: Papers,
    private readonly findings: Findings,
  ) {}

  /** What came of it, in a word. */
  async send(one: PhotoCase, random: Random): Promise<string> {
    const draw = random.below(10);
    const id = draw < 5 ? 'quality.check' : draw < 8 ? 'comparisons.create' : 'documents.transfer';
    const operation = operationOf(this.description, id);
    const marker = random.marker();
    const photo = photoPart('photo', one.bytes, marker, random);
    const wire: Wire = {
      method: operation.method,
      path: operation.path,
      headers: { Authorization: `Bearer ${this.token}`, 'Content-Type': formType },
      body: formBytes([...this.#papersOf(id), photo, ...this.#signature(id, one, marker, random)]),
    };
    const answer = await this.client.send(wire);
    const say = (what: string) => this.findings.add(`photo door, ${id}`, what, one.name, one.bytes);
    if (typeof answer === 'string') {
      say(`no answer: ${answer}`);
      return `${id}: no answer`;
    }
    const planted = [...one.planted, marker];
    for (const complaint of complaintsOf(this.description, operation, wire, answer, planted)) say(complaint);
    const text = answer.body.toString();
    if (planted.some((word) => text.includes(word))) say('an answer holds a piece of the photo');
    const what = answer.status < 300 ? resultOf(text) : problemCode(text);
    return `${id}: ${answer.status} ${what}`;
  }

  #papersOf(id: string): PartSpec[] {
    const json = (name: string, value: object) => ({
      name,
      content: JSON.stringify(value),
      type: 'application/json',
    });
    if (id === 'comparisons.create') return [json('application', this.papers.application())];
    return id === 'documents.transfer' ? [json('record', this.papers.record())] : [];
  }

  #signature(id: string, one: PhotoCase, marker: string, random: Random): PartSpec[] {
    if (id !== 'documents.transfer' || random.chance(0.5)) return [];
    return [photoPart('signature', one.bytes, marker, random)];
  }
}

const types = [
  'image/jpeg',
  'image/png',
  'image/webp',
  'application/octet-stream',
  'image/svg+xml',
  'text/html',
];

function photoPart(name: string, content: Buffer, marker: string, random: Random): PartSpec {
  const filename = random.pick([
    `${marker}.jpg`,
    `../../${marker}`,
    `${marker}\0.png`,
    'a.svg',
    `${marker}%22;`,
  ]);
  return { name, content, filename, ...(random.chance(0.3) && { type: random.pick(types) }) };
}

/** The outcome of a comparison with its reasons, or that there is one. */
function resultOf(text: string): string {
  const { outcome, reasons = [] } = JSON.parse(text) as { outcome?: string; reasons?: { code: string }[] };
  return outcome === undefined ? 'done' : [outcome, ...reasons.map(({ code }) => code).sort()].join(' ');
}
