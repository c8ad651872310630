/** The wasm boundary: one typed interface, generated from the kernels, and modules of the families of kernels that engines need. */
import type { Bytes } from "../typedArray.ts";
import { textReader } from "./binaryText.ts";
import type { CompiledKernels } from "./kernels.generated.ts";
import { link } from "./link.ts";

export type Kernels = Omit<CompiledKernels, "memory">;

/** The builds of the kernels: "baseline" gives the same bits everywhere; "relaxed" may be faster, see src/relaxed.ts. */
export type Simd = "baseline" | "relaxed";

/** Kernels that come together, as text: see assembly/families.js. */
export interface Family {
  readonly name: string;
  readonly text: string;
  /** What it comes with beside the base, which comes with nothing. */
  readonly parents?: readonly Family[];
}

/** Those that every model needs. */
export interface BaseFamily extends Family {
  /** In which all texts are written. */
  readonly alphabet: string;
  /** All families, compiled: by the platform, where that alone may compile, and all texts are empty; or of their file. */
  readonly module?: WebAssembly.Module;
}

/** Empty until an entry fills it, so that no entry carries kernels that it does not want. */
let base: BaseFamily | undefined;
let always: readonly Family[] = [];
const patches = new Map<Simd, string | WebAssembly.Module>();

/**
 * Adds the kernels that every model gets.
 *
 * @param families that all models get too, whatever their layers
 */
export function registerKernels(given: BaseFamily, ...families: readonly Family[]): void {
  base = given;
  always = [...always, ...families];
}

/** Adds a build of the kernels, as what changes in the baseline ones, or compiled. */
export function registerPatch(simd: Simd, patch: string | WebAssembly.Module): void {
  patches.set(simd, patch);
}

export function hasBuild(simd: Simd): boolean {
  return simd === "baseline" || patches.has(simd);
}

/** Whether the runtime takes a build, which is there. */
export function takesBuild(simd: Simd): boolean {
  return typeof patches.get(simd) === "object" || attempt(() => WebAssembly.validate(kernelsBinary({ simd })));
}

/** Of a kind of module: how it is made. */
interface ModuleKind {
  simd?: Simd;
  /** Beside those that all models get */
  families?: readonly Family[];
}

/**
 * The bytes of a module of the kernels.
 *
 * @throws Error where no entry has brought them
 */
export function kernelsBinary({ simd = "baseline", families = [] }: ModuleKind = {}): Bytes {
  const patch = patches.get(simd);
  if (!base || !hasBuild(simd)) {
    const entry = simd === "baseline" ? "wasm-lstm" : `wasm-lstm/${simd}`;
    throw new Error(`kernels: the build "${simd}" was not registered; import "${entry}" before you make a model`);
  }
  const texts = [...new Set([base, ...always, ...families])].map(({ text }) => text);
  const isText = typeof patch === "string";
  if (isText) texts.push(patch);
  const [first, ...others] = texts.map(textReader(base.alphabet, Math.max(...texts.map(({ length }) => length))));
  return link(first, others, isText ? others.pop() : undefined);
}

/** A family, after what it comes with. */
const withParents = (family: Family): Family[] => [...(family.parents?.flatMap(withParents) ?? []), family];

/** A module that was made, and what it was made of. */
interface Compiled {
  readonly simd: Simd;
  readonly shared: boolean;
  readonly families: readonly Family[];
  readonly module: WebAssembly.Module;
}

const compiled: Compiled[] = [];

/**
 * The compiled module, made once a process as long as no new families are asked for: then of all that were.
 *
 * @param share makes of a binary one with shared memory
 */
export function kernelsModule(
  { simd = "baseline", families = [] }: ModuleKind = {},
  share?: (binary: Uint8Array) => Bytes,
): WebAssembly.Module {
  const shared = share !== undefined;
  const given = shared ? undefined : simd === "baseline" ? base?.module : patches.get(simd);
  if (typeof given === "object") return given; // of whatever realm: no instanceof
  const wanted = [...always, ...families].flatMap(withParents);
  const alike = compiled.filter(one => one.simd === simd && one.shared === shared);
  const fitting = alike.find(one => wanted.every(family => one.families.includes(family)));
  if (fitting) return fitting.module;
  const all = [...new Set([...wanted, ...alike.flatMap(one => one.families)])];
  const binary = kernelsBinary({ simd, families: all });
  const module = new WebAssembly.Module(share ? share(binary) : binary);
  compiled.unshift({ simd, shared, families: all, module });
  return module;
}

/** What an entry may add: to count engines, and to explain why there cannot be one. */
interface Refusals {
  countEngine(engine: object): void;
  explainRefusal(error: unknown): unknown;
}

let refusals: Refusals | undefined;

export function registerRefusals(given: Refusals): void {
  refusals = given;
}

/** Does what a runtime may refuse. */
export function attempt<Result>(action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    throw refusals ? refusals.explainRefusal(error) : error;
  }
}

export function count(engine: object): void {
  refusals?.countEngine(engine);
}

/** Makes an instance of a module. */
export type Loader = (
  module: WebAssembly.Module,
  imports: { env: { memory: WebAssembly.Memory } },
) => { instance: { exports: WebAssembly.Exports } };

export const bareLoader: Loader = (module, imports) => ({ instance: new WebAssembly.Instance(module, imports) });

let loader = bareLoader;

/** Another way to make instances than the bare one. */
export function registerLoader(given: Loader): void {
  loader = given;
}

/** Kernels over a linear memory, which is shared if the module wants that. */
export function instantiateKernels(memory: WebAssembly.Memory, module = kernelsModule()): Kernels {
  // The instance's own functions: the loader wraps its copies, which costs more than a small kernel does.
  return loader(module, { env: { memory } }).instance.exports as unknown as Kernels;
}
