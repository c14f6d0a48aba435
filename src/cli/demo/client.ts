import type { ComparisonAnswer } from '../../comparison/answer.js';
import { FacematchError } from '../../errors.js';
import type { Application } from '../../records/application.js';
import type { StatutoryRecord } from '../../records/statutoryRecord.js';
import type { DemoApplicant, DemoHolder } from './scenario.js';

/** Talks to the service as a passport office does: over HTTP, with a token. */
export interface DemoClient {
  enrol(holder: DemoHolder): Promise<void>;
  /** `number`: of the application. */
  apply(
    applicant: DemoApplicant,
    number: number,
  ): Promise<{ answer: ComparisonAnswer; milliseconds: number }>;
}

export function demoClient(url: string, token: string): DemoClient {
  const post = async (path: string, part: string, value: object, photo: Buffer): Promise<unknown> => {
    const form = new FormData();
    form.append(part, new Blob([JSON.stringify(value)], { type: 'application/json' }));
    form.append('photo', new Blob([new Uint8Array(photo)], { type: 'image/jpeg' }), 'photo.jpg');
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: form,
    });
    const answer = (await response.json()) as { type?: string };
    if (!response.ok) {
      throw new FacematchError(
        'internal',
        `The service answered ${response.status} ${answer.type ?? ''} to ${path}.`,
      );
    }
    return answer;
  };
  return {
    async enrol(holder) {
      for (const passport of holder.passports) {
        await post('/v1/documents', 'record', recordOf(holder, passport), passport.photo.bytes);
      }
    },
    async apply(applicant, number) {
      const application = applicationOf(applicant, number);
      const started = performance.now();
      const answer = await post('/v1/comparisons', 'application', application, applicant.photo.bytes);
      return { answer: answer as ComparisonAnswer, milliseconds: performance.now() - started };
    },
  };
}

export function recordOf(holder: DemoHolder, passport: DemoHolder['passports'][number]): StatutoryRecord {
  const { number, issuedOn } = passport;
  return {
    holder: {
      familyName: holder.familyName,
      givenNames: holder.givenNames,
      birthDate: holder.birthDate,
      birthPlace: 'Gent',
      sex: 'F',
      registerNumber: holder.registerNumber,
      nationality: 'BEL',
    },
    document: {
      number,
      type: 'passport',
      procedure: 'normal',
      issuedOn,
      issuedAt: 'Gent',
      issuingAuthority: 'Gent',
      expiresOn: `${Number(issuedOn.slice(0, 4)) + 10}${issuedOn.slice(4)}`,
    },
    production: {
      place: 'Brussels',
      application: {
        place: 'Gent',
        receivedOn: issuedOn,
        sequenceNumber: number.slice(2),
        administration: 'Gent',
        sentOn: issuedOn,
        sendingNumber: number.slice(2),
      },
      status: { value: 'delivered', on: issuedOn },
      chipStatus: 'active',
    },
  };
}

export function applicationOf(
  { as, claims, office = 'gent' }: Pick<DemoApplicant, 'as' | 'claims' | 'office'>,
  number: number,
): Application {
  return {
    applicationId: `A-${String(number).padStart(4, '0')}`,
    office,
    requestedBy: 'clerk-12',
    registerNumber: as.registerNumber,
    familyName: as.familyName,
    givenNames: as.givenNames,
    birthDate: as.birthDate,
    birthPlace: 'Gent',
    claimedDocuments: [...as.passports.slice(-1).map((passport) => passport.number), ...(claims ?? [])],
    documentType: 'passport',
    procedure: 'normal',
    receivedAt: new Date().toISOString(),
  };
}
