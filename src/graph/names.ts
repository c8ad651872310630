/** Names, each once: one that is taken gets a number. */
export class Names {
  readonly #taken: Set<string>;
  /** By name the number to try next: a file may have thousands of layers of one kind. */
  readonly #next = new Map<string, number>();

  constructor(taken: Iterable<string> = []) {
    this.#taken = new Set(taken);
  }

  /** "dense", then "dense_1", "dense_2". */
  add(base: string): string {
    let name = base;
    let n = this.#next.get(base) ?? 1;
    while (this.#taken.has(name)) name = `${base}_${n++}`;
    this.#next.set(base, n);
    this.#taken.add(name);
    return name;
  }
}
