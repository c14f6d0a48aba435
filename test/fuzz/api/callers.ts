import { type RoleName, roleNames, roleOf } from '../../../src/oversight/roles.js';
import type { FuzzedService } from '../service.js';

export interface CallerIn {
  readonly label: string;
  readonly role: RoleName | undefined;
  readonly scopes: ReadonlySet<string>;
  readonly authorization: string;
  /** Must name an inquiry with each request. */
  readonly needsInquiry: boolean;
}

/** The people whose names appear in inquiries. */
export const personsOf = (role: RoleName): [string, string] => [`${role}-1`, `${role}-2`];

/** Two people of every role, and one caller with all scopes and no role, as development allows. */
export async function everyCaller(service: FuzzedService): Promise<CallerIn[]> {
  const callers: CallerIn[] = [];
  for (const role of roleNames)
    for (const person of personsOf(role)) {
      const { scopes, needs } = roleOf(role);
      const token = await service.token({ role, person, office: 'gent', scopes });
      const needsInquiry = needs.includes('inquiry');
      const authorization = `Bearer ${token}`;
      callers.push({ label: person, role, scopes: new Set(scopes), authorization, needsInquiry });
    }
  const all = [...new Set(roleNames.flatMap((role) => roleOf(role).scopes))];
  const token = await service.token({ person: 'anybody', office: 'gent', scopes: all });
  return [
    ...callers,
    {
      label: 'no role',
      role: undefined,
      scopes: new Set(all),
      authorization: `Bearer ${token}`,
      needsInquiry: false,
    },
  ];
}

/** Credentials that open nothing. */
export const strangers: readonly string[] = [
  'Bearer',
  'Bearer zq20Plant',
  'Bearer a.b.c',
  'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.',
  'Basic enEyMVBsYW50',
  `Bearer ${'zq22Plant'.repeat(700)}`,
];
