const noted = new WeakSet<Error>();

/** Marks a refusal that its use case wrote to the audit trail itself, so that it is not noted a second time. */
export function markNoted(refusal: Error): void {
  noted.add(refusal);
}

export const isNoted = (thrown: unknown): boolean => thrown instanceof Error && noted.has(thrown);
