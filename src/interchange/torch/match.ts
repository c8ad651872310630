/** Which module of a file is for which layer: by names, or by the order of modules and the shapes of their parameters. */

import { closest } from "../../closest.ts";
import { describe, listNames } from "../../describe.ts";
import type { Counterpart } from "./counterparts.ts";
import { type Module, showModule, showShapes } from "./modules.ts";
import { plain } from "./pickle.ts";

/** A layer that wants a module. */
export interface Wanted {
  name: string;
  counterpart: Counterpart;
}

const show = ({ name, counterpart: { module, parameters } }: Wanted): string =>
  `layer "${name}" (${module}: ${showShapes(parameters.map(each => [each.name, each.shape]))})`;

const signature = (list: readonly (readonly [string, readonly number[]])[]): string =>
  list
    .map(([name, shape]) => `${name}:${shape.join()}`)
    .sort()
    .join(";");
const signatureOf = ({ parameters }: Module): string =>
  signature([...parameters].map(([name, { shape }]) => [name, shape]));
const wantedSignature = ({ counterpart }: Wanted): string =>
  signature(counterpart.parameters.map(({ name, shape }) => [name, shape]));

function expectFit(wanted: Wanted, module: Module): Module {
  if (signatureOf(module) === wantedSignature(wanted)) return module;
  throw new RangeError(`${show(wanted)} does not fit the module ${showModule(module)}`);
}

/** Refuses a name that there is not. */
export function refuseName(what: string, name: string, known: readonly string[]): never {
  const meant = closest(name, known);
  const hint = meant === undefined ? "" : `, did you mean ${describe(meant)}?`;
  throw new RangeError(`${what} ${describe(name)}${hint}; there are ${listNames(known)}`);
}

/** By the names that the user gives: of layers, those of modules. */
function byNames(
  wanted: readonly Wanted[],
  modules: readonly Module[],
  names: Readonly<Record<string, string>>,
): Map<Wanted, Module> {
  const known = modules.map(({ labels }) => labels[0]);
  const pairs = Object.entries(names).map(([layer, name]): [Wanted, Module] => {
    const own = wanted.find(each => each.name === layer) as Wanted;
    const module = modules.find(({ labels }) => labels.includes(name));
    if (module) return [own, expectFit(own, module)];
    return refuseName(`names ${layer}: there is no module`, name, known);
  });
  return new Map(pairs);
}

/** Whether names differ in whole numbers alone, as those of a Sequential or a stack: their order is known then. */
function areNumbered(modules: readonly Module[]): boolean {
  const plain = modules.map(({ labels }) => labels[0].replace(/(^|\.|_l)\d+(?=\.|$)/g, "$1#"));
  return plain.every(name => name === plain[0] && name.includes("#"));
}

const inNumbers = (a: Module, b: Module): number => a.labels[0].localeCompare(b.labels[0], "en", { numeric: true });

function byShapes(wanted: readonly Wanted[], modules: readonly Module[], ordered: boolean): Map<Wanted, Module> {
  const left = new Map<string, Module[]>();
  for (const module of modules) left.set(signatureOf(module), [...(left.get(signatureOf(module)) ?? []), module]);
  const found = new Map<Wanted, Module>();
  for (const each of wanted) {
    const own = wantedSignature(each);
    const alike = wanted.filter(other => wantedSignature(other) === own);
    const fitting = left.get(own) ?? [];
    if (fitting.length !== alike.length) {
      const has = fitting.length > 0 ? fitting : modules;
      const isCut = /weight_g|original0/.test(modules.map(showModule).join());
      const hint = isCut ? "; fold weight_norm in first: remove_parametrizations()" : "";
      throw new RangeError(
        `${show(each)}: expected ${alike.length === 1 ? "one module of these shapes" : `${alike.length} modules of these shapes, one for each such layer,`} ` +
          `got ${fitting.length}; the file has ${has.slice(0, 4).map(showModule).join(", ")}${has.length > 4 ? ", …" : ""}${hint}`,
      );
    }
    const numbered = fitting.length > 1 && areNumbered(fitting);
    if (fitting.length > 1 && !ordered && !numbered) {
      throw new RangeError(
        `${listNames(fitting.map(({ labels }) => plain(labels[0])))} have the same shapes, and safetensors keep no order; say which is which: ` +
          `names: { ${alike.map(({ name }) => `${name}: "…"`).join(", ")} }`,
      );
    }
    const inOrder = ordered ? fitting : [...fitting].sort(inNumbers);
    found.set(each, inOrder[alike.indexOf(each)]);
  }
  const used = new Set(found.values());
  const over = modules.filter(module => !used.has(module));
  if (over.length > 0) {
    throw new RangeError(
      `no layer is there for ${over.slice(0, 4).map(showModule).join(", ")}; give names to load a part of the file`,
    );
  }
  return found;
}

/**
 * @param names modules by the names of layers; only those are loaded then
 * @throws TypeError or RangeError where a layer has no module, or a module no layer
 */
export function matched(
  wanted: readonly Wanted[],
  modules: readonly Module[],
  ordered: boolean,
  names?: Readonly<Record<string, string>>,
): Map<Wanted, Module> {
  if (names) return byNames(wanted, modules, names);
  const named = wanted.map(({ name }) => modules.find(({ labels }) => labels.includes(name)));
  if (named.every(module => module !== undefined) && new Set(named).size === modules.length) {
    return byNames(wanted, modules, Object.fromEntries(wanted.map(({ name }) => [name, name])));
  }
  return byShapes(wanted, modules, ordered);
}
