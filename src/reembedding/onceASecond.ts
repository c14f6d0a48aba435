const aSecond = 1_000;

/** Asks again when a second has gone by since it was asked last; in between the answer is no. */
export function onceASecond(ask: () => Promise<boolean>): () => Promise<boolean> {
  let asked = performance.now();
  return async () => {
    if (performance.now() - asked < aSecond) return false;
    asked = performance.now();
    return ask();
  };
}
