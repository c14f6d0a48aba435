const waiting: (() => void)[] = [];
let taken = false;

function next(): void {
  const first = waiting.shift();
  taken = first !== undefined;
  if (first === undefined) return;
  setImmediate(next);
  first();
}

/**
 * Awaited before a piece of work of a millisecond or more, so that one turn of the event loop does one of them: answers
 * of a whole batch of photos arrive at once, and what is light, such as a health check, waits for one piece and not
 * for all. In their order; without delay where nobody took this turn.
 */
export function ownTurn(): Promise<void> | undefined {
  if (taken) return new Promise((resolve) => waiting.push(resolve));
  taken = true;
  setImmediate(next);
  return undefined;
}
