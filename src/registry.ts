/** Makers by name. Entries fill them, and users may; what reads files asks them, and so imports no maker. */
import { cut, describe, listNames } from "./describe.ts";
import { elsewhere } from "./elsewhere.ts";
import { hintFor } from "./hint.ts";
import { isObject } from "./isObject.ts";

/** Makes a thing of its options. A file's options are untrusted: makers check them. */
export type Maker<Made> = (...args: never[]) => Made;
export type Makers<Made> = Readonly<Record<string, Maker<Made>>>;

/** One kind of thing that is made by name. */
export interface Kind<Made> {
  /** In errors: "loss" */
  what: string;
  /** Where its makers are, in the package and among the options of `loadModel`: "losses" */
  group: string;
  /** One of them, for errors: "losses.huber()" */
  example: string;
  /** Other names for some of them */
  aliases?: Readonly<Record<string, string>>;
  is(value: unknown): value is Made;
}

/** What to do about a name in a file that stands for code of the user's. */
export function giveYourOwn(what: string, group: string, name: string): string {
  const key = /^[A-Za-z_]\w{0,99}$/.test(name) ? name : describe(name);
  return `a file holds no code: import the ${what} and call loadModel(bytes, { ${group}: { ${key} } })`;
}

function expectMaker<Made>(value: Maker<Made>, what: string): Maker<Made> {
  if (typeof value === "function") return value;
  throw new TypeError(`${what}: expected a function that makes one, got ${describe(value)}`);
}

export class Registry<Made> {
  readonly kind: Kind<Made>;
  /** @internal */
  readonly makers = new Map<string, Maker<Made>>();
  readonly #aliases: ReadonlyMap<string, string>;

  constructor(kind: Kind<Made>) {
    this.kind = kind;
    this.#aliases = new Map(Object.entries(kind.aliases ?? {}));
  }

  /** All names but the aliases. */
  get names(): string[] {
    return [...this.makers.keys()].sort();
  }

  has(name: string): boolean {
    return this.makers.has(name) || this.#aliases.has(name);
  }

  /**
   * A thing as a file tells of it.
   *
   * @param own makers that the caller gives for this file
   * @throws TypeError or RangeError that says which name there is no maker for, and what to do; and what makers throw
   */
  make(name: unknown, options?: object | null, own: Makers<Made> = {}): Made {
    return this.call(this.maker(name, own), options ?? {}, name);
  }

  /** What makes the things of that name in a file. */
  maker(name: unknown, own: Makers<Made> = {}): Maker<Made> {
    const { what, group } = this.kind;
    const remedy = typeof name === "string" ? `; ${giveYourOwn(what, group, name)}` : "";
    return this.find(name, own, `model file: ${what}`, remedy);
  }

  /** @internal */
  find(name: unknown, own: Makers<Made>, where: string, remedy: string): Maker<Made> {
    if (typeof name === "string") {
      const maker = Object.hasOwn(own, name)
        ? expectMaker(own[name], `${this.kind.group}.${cut(name)}`)
        : this.makers.get(this.#aliases.get(name) ?? name);
      if (maker) return maker;
    }
    const names = [...new Set([...this.names, ...Object.keys(own)])];
    const expected = names.length > 0 ? `expected one of ${listNames(names)}` : "expected a name that is registered";
    const text = `${where}: ${expected}, got ${describe(name)}`;
    if (typeof name !== "string") throw new TypeError(text);
    throw new RangeError(text + (remedy || hintFor(name, [...names, ...this.#aliases.keys()])));
  }

  /** @internal */
  call(maker: Maker<Made>, options: object, name: unknown): Made {
    const { what, group, is } = this.kind;
    const made: unknown = (maker as (options: object) => Made)(options);
    if (is(made)) return made;
    throw new TypeError(
      `${group}.${cut(String(name))}: expected a function that makes a ${what}, got one that makes ${describe(made)}`,
    );
  }
}

/**
 * Adds makers under their names.
 *
 * @throws TypeError for what is no function, RangeError for a name that another maker has
 */
export function addMakers<Made>(registry: Registry<Made>, makers: Makers<Made>): void {
  const { what, group } = registry.kind;
  for (const [name, given] of Object.entries(makers)) {
    const title = `${group}.${cut(name)}`;
    const maker = expectMaker(given, title);
    if (registry.has(name) && registry.makers.get(name) !== maker) {
      throw new RangeError(`${title}: expected a name of its own, got that of another ${what}`);
    }
    registry.makers.set(name, maker);
  }
}

/**
 * A thing as users give it: made already, or a name for one with default options.
 *
 * @throws TypeError or RangeError that lists the names
 */
export function expectMade<Made>(registry: Registry<Made>, value: unknown): Made {
  const { what, group, example, is } = registry.kind;
  if (is(value)) return value;
  const all = elsewhere(group);
  const more = all ? `; a bundle knows no others by name: import it from "wasm-lstm/${group}", or "${all}" too` : "";
  if (typeof value === "string") return registry.call(registry.find(value, {}, what, more), {}, value);
  const hint = typeof value === "function" ? hintFor(`${what}()`, []) : "";
  throw new TypeError(`${what}: expected a name or one made by ${example} and others, got ${describe(value)}${hint}`);
}

/** Whether a value is an object with methods of these names. */
export function hasMethods(value: unknown, ...names: readonly string[]): boolean {
  if (!isObject(value)) return false;
  const record = value as Record<string, unknown>;
  try {
    return names.every(name => typeof record[name] === "function");
  } catch {
    return false; // a proxy that was revoked
  }
}
