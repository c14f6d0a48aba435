import { formBytes, formType } from '../../http/harness.js';
import { applicationOf, type Holder, recordOf } from '../../support/office.js';
import { portraitOf } from '../../support/samples.js';
import type { Client } from '../client.js';
import { inventPerson } from '../people.js';
import type { Bank } from './bank.js';
import { type CallerIn, personsOf } from './callers.js';

let applications = 0;

/** People, documents and cases in the store, so that requests have something to be about. */
export class World {
  #holders: Holder[] = [];

  constructor(
    private readonly client: Client,
    private readonly bank: Bank,
    private readonly callers: readonly CallerIn[],
  ) {}

  readonly examples: Readonly<Record<string, () => unknown>> = {
    'documents.transfer': () => {
      const other = inventPerson('Verzonnen');
      return recordOf(other, other.passports[0]!);
    },
    'comparisons.create': () => this.#application(),
    'comparisons.batch': () => this.#application(),
    'searches.request': () => ({
      ...(++applications % 2 === 0 && { probe: { documentId: this.bank.pick(['enrolled'], 0) } }),
      reason: 'a test',
    }),
    'inquiries.records': () => ({
      documentId: this.bank.pick(['documentId'], ++applications),
      reason: 'a test',
    }),
    'documents.rectify': () => ({
      revision: 1 + (++applications % 3),
      reason: 'a test',
      changes: { holder: { birthPlace: `Gent ${applications}` } },
    }),
    'documents.status': () => ({
      documentNumber: this.bank.pick(['number'], ++applications),
      documentType: 'passport',
      status: applications % 2 === 0 ? 'stolen' : 'reinstated',
      on: '2024-02-03',
    }),
  };

  /** Enrols two people and compares one with herself, and with the other. */
  async settle(): Promise<void> {
    const names = ['1-right', '5-front'] as const;
    for (const [i, name] of names.entries()) {
      const bytes = await portraitOf(name);
      const holder = inventPerson(`Fuzz ${'AB'[i]}`, [bytes]);
      this.#holders.push(holder);
      this.bank.add('registerNumber', holder.registerNumber);
      const passport = holder.passports[0]!;
      this.bank.add('number', passport.number);
      const papers = recordOf(holder, passport);
      const stored = await this.#form('transfer-system', '/v1/documents', 'record', papers, bytes);
      this.bank.only('enrolled', (stored as { documentId: string }).documentId);
    }
    await this.refresh();
  }

  /** What requests use up: a review to work on, an inquiry to act in, and a service that decides. */
  async refresh(): Promise<void> {
    await this.#beActive();
    const bytes = await portraitOf('3-middle');
    for (const holder of this.#holders) {
      const application = { ...applicationOf({ as: holder }, ++applications), requestedBy: 'office-1' };
      await this.#form('office', '/v1/comparisons', 'application', application, bytes);
    }
    const members = (['fraud-analyst', 'investigator', 'supervisor'] as const).flatMap(personsOf);
    const opened = await this.#json('POST', 'supervisor', '/v1/inquiries', {
      reference: 'FUZZ-1',
      ground: 'a test',
      purpose: 'a test',
      members,
      endsAt: new Date(Date.now() + 30 * 24 * 3_600_000).toISOString(),
    });
    const { inquiryId } = opened as { inquiryId: string };
    this.bank.only('ours', inquiryId);
    const documentId = this.bank.pick(['enrolled'], 0);
    const record = { documentId, reason: 'a test' };
    await this.#json('POST', 'supervisor', `/v1/inquiries/${inquiryId}/records`, record);
    const search = { reason: 'a test' };
    const searches = `/v1/inquiries/${inquiryId}/searches`;
    const asked = await this.#form('fraud-analyst', searches, 'search', search, bytes);
    const { searchId } = asked as { searchId: string };
    const approval = { approve: true, reason: 'a test' };
    await this.#json('POST', 'supervisor', `/v1/searches/${searchId}/approval`, approval);
    await this.#json('GET', 'supervisor', '/v1/reviews');
    for (const number of this.#holders.map(({ registerNumber }) => registerNumber))
      await this.#json('POST', 'holder-desk', '/v1/holders/lookup', { registerNumber: number });
  }

  async #beActive(): Promise<void> {
    const now = (await this.#json('GET', 'supervisor', '/v1/mode')) as { mode?: string } | undefined;
    if (now?.mode === 'active') return;
    const wanted = { mode: 'active', reason: 'a test', ground: 'a test' };
    const asked = (await this.#json('POST', 'supervisor', '/v1/mode/requests', wanted)) as { id?: string };
    await this.#json('POST', 'supervisor', `/v1/mode/requests/${asked.id}/approval`, {}, 1);
  }

  #application(): unknown {
    const holder = this.#holders[applications % this.#holders.length];
    return holder && applicationOf({ as: holder }, ++applications);
  }

  #of(role: CallerIn['role'], which: 0 | 1): string {
    return this.callers.filter((caller) => caller.role === role)[which]?.authorization ?? '';
  }

  async #json(
    method: string,
    role: CallerIn['role'],
    path: string,
    value?: object,
    which: 0 | 1 = 0,
  ): Promise<unknown> {
    return this.#send(
      method,
      role,
      path,
      value && 'application/json',
      value && Buffer.from(JSON.stringify(value)),
      which,
    );
  }

  async #form(
    role: CallerIn['role'],
    path: string,
    name: string,
    value: object,
    bytes: Buffer,
  ): Promise<unknown> {
    const body = formBytes([
      { name, content: JSON.stringify(value) },
      { name: 'photo', content: bytes, filename: 'photo' },
    ]);
    return this.#send('POST', role, path, formType, body, 0);
  }

  async #send(
    method: string,
    role: CallerIn['role'],
    path: string,
    type: string | undefined,
    body: Buffer | undefined,
    which: 0 | 1,
  ): Promise<unknown> {
    const headers = {
      Authorization: this.#of(role, which),
      ...(type !== undefined && { 'Content-Type': type }),
    };
    const answer = await this.client.send({ method, path, headers, body });
    if (typeof answer === 'string' || answer.status >= 300)
      throw new Error(`${method} ${path}: ${typeof answer === 'string' ? answer : answer.body.toString()}`);
    const value: unknown = JSON.parse(answer.body.toString());
    this.bank.harvest(value);
    return value;
  }
}
