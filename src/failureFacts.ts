/** What may be logged of an error: its kind and the places it came through. Its message may hold input. */
export const failureFacts = (
  error: unknown,
): { readonly kind: string; readonly frames: readonly string[] } => ({
  kind: kindOf(error),
  frames: framesOf(error),
});

const kindOf = (error: unknown): string => (error instanceof Error ? error.constructor.name : typeof error);

/** Where it happened: the lines of the stack that follow the message. */
function framesOf(error: unknown): string[] {
  if (!(error instanceof Error) || error.stack === undefined) return [];
  const lines = error.stack.slice(error.stack.lastIndexOf(error.message) + error.message.length).split('\n');
  return lines
    .map((line) => /^ {4}at (.+)$/.exec(line)?.[1])
    .filter((line) => line !== undefined)
    .slice(0, 8);
}
