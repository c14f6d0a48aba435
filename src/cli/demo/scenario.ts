import type { SampleName } from './faces.js';
import { background, derivedPortraitOf, portraitOf, twoPeople } from './portraits.js';

/** A photo, and whether it is a photograph of its own or made from another one. */
export interface DemoPhoto {
  readonly label: string;
  readonly bytes: Buffer;
  /** The photograph it comes from: two photos of one photograph compare an image with itself. */
  readonly photograph: string;
}

export interface DemoHolder {
  readonly familyName: string;
  readonly givenNames: string[];
  readonly birthDate: string;
  readonly registerNumber: string;
  readonly passports: readonly {
    readonly number: string;
    readonly issuedOn: string;
    readonly photo: DemoPhoto;
  }[];
}

export interface DemoApplicant {
  /** What this line of the table shows. */
  readonly what: string;
  /** Under whose identity the passport is asked for. */
  readonly as: DemoHolder;
  readonly photo: DemoPhoto;
  /** Documents of somebody else that are claimed too. */
  readonly claims?: readonly string[];
  /** Where they apply; Gent unless given. */
  readonly office?: string;
}

export interface Scenario {
  readonly holders: readonly DemoHolder[];
  readonly applicants: readonly DemoApplicant[];
}

const own = async (name: SampleName): Promise<DemoPhoto> => ({
  label: name,
  bytes: await portraitOf(name),
  photograph: name,
});
const derived = async (name: SampleName, scan: 0 | 1 = 0): Promise<DemoPhoto> => ({
  label: `${name}, derived`,
  bytes: await derivedPortraitOf(name, scan),
  photograph: name,
});

let people = 0;

/** An invented holder with a register number whose check number is right. */
export function inventHolder(
  familyName: string,
  givenNames: string[],
  photos: readonly (readonly [issuedOn: string, photo: DemoPhoto])[],
): DemoHolder {
  const serial = String(++people * 2).padStart(3, '0');
  const birthDate = `19${60 + (people % 30)}-0${1 + (people % 9)}-15`;
  const digits = `${birthDate.slice(2).replaceAll('-', '')}${serial}`;
  return {
    familyName,
    givenNames,
    birthDate,
    registerNumber: `${digits}${String(97 - (Number(digits) % 97)).padStart(2, '0')}`,
    passports: photos.map(([issuedOn, photo], i) => ({
      number: `E${String.fromCharCode(65 + i)}${String(100_000 + people)}`,
      issuedOn,
      photo,
    })),
  };
}

/** What a comparison with the holder's own passports cannot see, and a search can. */
export const secondIdentity = 'same face, second identity';

/** The holders and applicants of the demonstration, out of the 22 faces that face-api's package ships. */
export async function sampleScenario(): Promise<Scenario> {
  const anna = inventHolder(
    'Peeters',
    ['Anna', 'Maria'],
    [
      ['2008-03-10', await own('1-right')],
      ['2017-05-02', await derived('3-middle')],
    ],
  );
  const sofia = inventHolder(
    'Dubois',
    ['Sofia'],
    [
      ['2007-09-21', await own('1-middle')],
      ['2016-11-14', await own('4-left')],
    ],
  );
  const julie = inventHolder(
    'Müller',
    ['Julie'],
    [
      ['2009-01-08', await own('5-middle')],
      ['2018-02-26', await derived('5-middle')],
    ],
  );
  const emma = inventHolder('Lambert', ['Emma'], [['2019-06-17', await own('3-right')]]);
  const nora = inventHolder('Claes', ['Nora'], [['2015-04-30', await own('6-right')]]);
  const lucie = inventHolder(
    'Van den Broeck',
    ['Lucie'],
    [
      ['2008-08-19', await own('3-left')],
      ['2018-10-05', await own('6-second')],
    ],
  );
  // Anna Peeters' face again, under a name and a register number of its own.
  const karin = inventHolder('De Smet', ['Karin'], [['2012-06-12', await derived('1-right', 1)]]);
  const firstTime = inventHolder('Wouters', ['Elise'], []);
  const others = await Promise.all(
    (['1-left', '2-left', '2-right', '4-third', '5-left', '5-right'] as const).map(async (name, i) =>
      inventHolder(
        `Janssens-${'ABCDEF'[i]}`,
        ['Lea'],
        [
          ['2010-02-02', await own(name)],
          ['2019-07-07', await derived(name)],
        ],
      ),
    ),
  );
  return {
    holders: [anna, sofia, julie, emma, nora, lucie, karin, ...others],
    applicants: [
      { what: 'genuine, two passports', as: anna, photo: await own('3-middle') },
      { what: 'genuine, two passports', as: sofia, photo: await derived('4-left') },
      { what: 'genuine, two passports', as: julie, photo: await derived('5-middle', 1) },
      { what: 'genuine, one passport', as: emma, photo: await derived('3-right') },
      { what: 'first passport', as: firstTime, photo: await own('4-second') },
      { what: 'impostor, two passports', as: anna, photo: await own('6-left') },
      { what: 'impostor, two passports', as: sofia, photo: await own('5-back'), office: 'namur' },
      { what: 'impostor, one passport', as: nora, photo: await own('5-front'), office: 'antwerpen' },
      { what: 'references disagree', as: lucie, photo: await derived('6-second'), office: 'namur' },
      { what: secondIdentity, as: karin, photo: await own('3-middle'), office: 'antwerpen' },
      {
        what: "claims another's passport",
        as: emma,
        photo: await derived('3-right'),
        claims: nora.passports.map((passport) => passport.number),
      },
      {
        what: 'photo without a face',
        as: julie,
        photo: { label: 'a wall', bytes: await background(), photograph: 'a wall' },
      },
      {
        what: 'two people in the photo',
        as: julie,
        photo: { label: 'two people', bytes: await twoPeople(), photograph: 'two people' },
      },
    ],
  };
}
