/** What is left of a range beside some of its days, which are in their order. */
export function stretchesBeside(days: readonly string[], from: string, to: string): [string, string][] {
  const stretches: [string, string][] = [];
  let begin = from;
  for (const day of days) {
    if (begin < day) stretches.push([begin, day]);
    begin = dayAfter(day);
  }
  if (begin < to) stretches.push([begin, to]);
  return stretches;
}

export const dayAfter = (day: string): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
