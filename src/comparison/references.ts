import type { DocumentRow } from '../store/store.js';

/**
 * The references the law asks for: the last two documents issued before the application, newest first, lost,
 * stolen and expired ones included. Documents with the identical photo (a replacement) count as one, the newest.
 *
 * @param before day of the application, YYYY-MM-DD
 */
export function lastTwo<Row extends DocumentRow>(documents: readonly Row[], before: string): readonly Row[] {
  const earlier = documents
    .filter((document) => document.issuedOn < before)
    .sort((a, b) => b.issuedOn.localeCompare(a.issuedOn) || b.id.localeCompare(a.id));
  const chosen: Row[] = [];
  const photos = new Set<string>();
  for (const document of earlier) {
    const photo = Buffer.from(document.pixelsKey).toString('base64');
    if (photos.has(photo)) continue;
    photos.add(photo);
    chosen.push(document);
    if (chosen.length === 2) break;
  }
  return chosen;
}

/** Documents each kind of identifier led to. */
export interface LookUp {
  readonly byRegister: readonly DocumentRow[];
  readonly byIdentity: readonly DocumentRow[];
  /** The documents of each claimed number; none where the store does not hold it. */
  readonly byNumber: readonly (readonly DocumentRow[])[];
}

export interface HolderFinding {
  readonly identity: 'consistent' | 'conflict';
  readonly claimedDocumentUnknown: boolean;
  /** Neither a register number nor a claimed document led to anybody: somebody else may have these names. */
  readonly byNamesAlone: boolean;
  /** The holders whose documents are to be compared: one, or in a conflict all that were led to. */
  readonly holders: readonly string[];
}

/**
 * Weighs where the identifiers lead. Register number and claimed documents name one holder; names and birth date
 * may fit several (namesakes), which is no conflict as long as that holder is among them. A register number that
 * leads nowhere while the names or a claimed document lead to somebody with another one is a conflict: a false
 * number must never turn a fraud into "no reference". Where names and birth date are all there is to go by, they have
 * to lead to one holder, who was born where the application says: `findReferences` looks at the place.
 *
 * @param registered Holders of whose documents any has a register number.
 */
export function findHolder(
  found: LookUp,
  registerNumberGiven: boolean,
  registered: ReadonlySet<string>,
): HolderFinding {
  const named = holdersOf(found.byIdentity);
  const exact = holdersOf([...found.byRegister, ...claimed(found)]);
  const claimedDocumentUnknown = found.byNumber.some((rows) => rows.length === 0);
  const finding = (identity: HolderFinding['identity'], holders: ReadonlySet<string>): HolderFinding => ({
    identity,
    claimedDocumentUnknown,
    byNamesAlone: exact.size === 0 && named.size > 0,
    holders: [...holders],
  });
  const all = new Set([...exact, ...named]);
  const numberFalse = registerNumberGiven && found.byRegister.length === 0;
  const otherNumberOf = (holders: ReadonlySet<string>) =>
    numberFalse && [...holders].some((holder) => registered.has(holder));

  if (exact.size > 1) return finding('conflict', all);
  if (exact.size === 1) {
    const elsewhere = named.size > 0 && ![...exact].some((holder) => named.has(holder));
    return elsewhere || otherNumberOf(exact) ? finding('conflict', all) : finding('consistent', exact);
  }
  if (named.size > 1) return finding('conflict', all);
  return finding(otherNumberOf(named) ? 'conflict' : 'consistent', named);
}

/**
 * The documents that the claimed numbers stand for. Where two types share a number, the one whose holder the other
 * identifiers lead to, the surest of them first; all where none does.
 */
function claimed({ byRegister, byIdentity, byNumber }: LookUp): readonly DocumentRow[] {
  const plain = byNumber.filter((rows) => holdersOf(rows).size === 1).flat();
  const others = [byRegister, plain, byIdentity].map(holdersOf);
  return byNumber.flatMap((rows) => {
    const agreeing = others.map((holders) => rows.filter(({ holderId }) => holders.has(holderId)));
    return agreeing.find(({ length }) => length > 0) ?? rows;
  });
}

export function holdersOf(rows: readonly DocumentRow[]): Set<string> {
  return new Set(rows.map((row) => row.holderId));
}
