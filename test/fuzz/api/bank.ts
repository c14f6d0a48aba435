/** Newer values push out older ones. */
const mostValues = 100;

/** Ids, numbers and cursors out of answers, by the name of their field: what later requests refer to. */
export class Bank {
  readonly #values = new Map<string, string[]>();

  add(name: string, value: string): void {
    const values = this.#values.get(name) ?? [];
    if (values.includes(value)) return;
    values.push(value);
    if (values.length > mostValues) values.shift();
    this.#values.set(name, values);
  }

  /** The one value of this name from now on. */
  only(name: string, value: string): void {
    this.#values.set(name, [value]);
  }

  /** Takes what is worth referring to out of a JSON value. */
  harvest(value: unknown, name = ''): void {
    if (Array.isArray(value)) for (const item of value) this.harvest(item, name);
    else if (typeof value === 'object' && value !== null)
      for (const [field, inner] of Object.entries(value)) this.harvest(inner, field);
    else if (typeof value === 'string' && /(Id|^id|^holders|cursor|number|^after|^next)$/i.test(name))
      this.add(name, value);
  }

  /** One of the values under any of the names; undefined where there is none. */
  pick(names: readonly string[], index: number): string | undefined {
    const values = names.flatMap((name) => this.#values.get(name) ?? []);
    return values[index % Math.max(1, values.length)];
  }
}
