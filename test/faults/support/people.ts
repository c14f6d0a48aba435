import type { ComparisonAnswer } from '../../../src/comparison/answer.js';
import { formOf, personIn } from '../../oversight/people.js';
import { applicationOf, type Holder, inventHolder, photo, recordOf } from '../../support/office.js';
import { derivedPortraitOf, portraitOf } from '../../support/samples.js';
import type { Served } from './served.js';

/** An office, a holder in the store, and photos of the holder and of somebody else. */
export interface People {
  readonly holder: Holder;
  readonly genuine: Buffer;
  readonly stranger: Buffer;
  readonly documentIds: readonly string[];
}

let applications = 0;

export async function enrolOne(service: Served, familyName = 'Peeters'): Promise<People> {
  const issued = ['2009-01-01', '2018-01-01'] as const;
  const photos = [await portraitOf('1-right'), await portraitOf('3-middle')];
  const holder = inventHolder(
    familyName,
    ['Anna'],
    issued.map((day, n) => [day, photo(photos[n] ?? Buffer.alloc(0))] as const),
  );
  const documentIds: string[] = [];
  for (const passport of holder.passports) {
    const { status, body, text } = await transfer(service, holder, passport);
    if (status !== 201) throw new Error(`not enrolled: ${status} ${text}`);
    documentIds.push(body.documentId);
  }
  return {
    holder,
    genuine: await derivedPortraitOf('3-middle'),
    stranger: await portraitOf('6-left'),
    documentIds,
  };
}

export async function transfer(service: Served, holder: Holder, passport: Holder['passports'][number]) {
  const system = await personIn(service, 'transfer-system');
  const form = formOf('record', recordOf(holder, passport), { photo: passport.photo.bytes });
  return system.post<{ documentId: string }>('/v1/documents', form);
}

/** An application of the holder at the office in Gent; every one is another. */
export async function compare(service: Served, { holder }: People, bytes: Uint8Array) {
  const office = await personIn(service, 'office');
  const application = applicationOf({ as: holder }, ++applications);
  return office.post<ComparisonAnswer>(
    '/v1/comparisons',
    formOf('application', application, { photo: bytes }),
  );
}

export async function readComparison(service: Served, id: string) {
  const office = await personIn(service, 'office');
  return office.get<ComparisonAnswer>(`/v1/comparisons/${id}`);
}
