import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FacematchError } from '../../errors.js';
import { type DemoApplicant, type DemoPhoto, inventHolder, type Scenario } from './scenario.js';

const photo = /\.(jpe?g|png|webp)$/i;

/**
 * The same demonstration on a folder of one's own: a subfolder per person with three photos or more. The first two
 * are the person's passports, the third applies; the next person's third photo applies as an impostor.
 *
 * @throws FacematchError `input-invalid` with fewer than two such people
 */
export async function folderScenario(folder: string): Promise<Scenario> {
  const people: { name: string; photos: [DemoPhoto, DemoPhoto, DemoPhoto] }[] = [];
  for (const name of await subfolders(folder)) {
    const files = (await readdir(join(folder, name))).filter((file) => photo.test(file)).sort();
    const [first, second, third] = await Promise.all(
      files.slice(0, 3).map(async (file) => {
        const label = `${name}/${file}`;
        return { label, bytes: await readFile(join(folder, label)), photograph: label };
      }),
    );
    if (first && second && third) people.push({ name, photos: [first, second, third] });
  }
  if (people.length < 2) {
    throw new FacematchError(
      'input-invalid',
      'The folder needs at least two subfolders, one per person, with three photos (JPEG, PNG, WebP) or more each.',
    );
  }
  const holders = people.map(({ name, photos: [first, second] }) =>
    inventHolder(
      name,
      ['Alex'],
      [
        ['2008-05-05', first],
        ['2017-05-05', second],
      ],
    ),
  );
  const applicants = holders.flatMap((holder, i): DemoApplicant[] => {
    const own = people[i];
    const other = people[(i + 1) % people.length];
    if (own === undefined || other === undefined) return [];
    return [
      { what: 'genuine', as: holder, photo: own.photos[2] },
      { what: 'impostor', as: holder, photo: other.photos[2] },
    ];
  });
  return { holders, applicants };
}

async function subfolders(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort();
  } catch (cause) {
    throw new FacematchError('input-invalid', `The folder ${folder} cannot be read.`, {}, { cause });
  }
}
