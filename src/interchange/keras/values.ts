/** Activations, initializers, regularizers and constraints of Keras, as they are called here. */
import { constraintRegistry } from "../../constraints/constraint.ts";
import { isRecord } from "../../isObject.ts";
import { regularizerRegistry } from "../../regularizers/regularizer.ts";
import { warnOnce } from "../../warn.ts";
import { type Json, refuse, shown } from "./json.ts";
import { camel, here, renamed } from "./names.ts";

/** Against what only training needs and there is not. */
export const REMEDY = "{ compile: false } reads the model without it, to predict";

/** A thing of Keras' with options: { class_name, config }, or its name alone. */
export function classOf(value: unknown, what: string): { className: string; config: Json } {
  if (typeof value === "string") return { className: value, config: {} };
  const { class_name: className, config } = isRecord(value) ? value : {};
  if (typeof className !== "string")
    return refuse(`${what}: expected a name, or a class with options, got ${shown(value)}`);
  // A function, by its name.
  if (typeof config === "string") return { className: config, config: {} };
  return { className, config: isRecord(config) ? config : {} };
}

/** An activation's name. */
export function activationFrom(value: unknown, what: string): string {
  const { className, config } = classOf(value, what);
  if (Object.keys(config).length > 0) refuse(`${what}: expected an activation's name, got ${shown(value)}`);
  return camel(className);
}

const NAMES: Record<string, string> = {
  zero: "zeros",
  one: "ones",
  randomUniform: "uniform",
  randomNormal: "normal",
  orthogonalInitializer: "orthogonal",
  identityInitializer: "identity",
  leCunNormal: "lecunNormal",
  leCunUniform: "lecunUniform",
};

/** Numbers of an initializer that are called otherwise here. */
const NUMBERS: Record<string, string> = { minval: "minimum", maxval: "maximum", stddev: "deviation" };

/** Options that say nothing here: random numbers are others anyway, and gates lie side by side as they do there. */
const SILENT = ["seed", "dtype", "input_axes", "output_axes"];

/** An initializer; random numbers themselves are others here. */
export function initializerFrom(value: unknown, what: string): object {
  const { className, config } = classOf(value, what);
  const name = camel(here(className));
  const numbers = renamed(
    config,
    key => (Object.hasOwn(NUMBERS, key) ? NUMBERS[key] : key),
    (number, key) => {
      if (SILENT.includes(key)) return undefined;
      // "normal" is what Keras 2 and TensorFlow.js call the truncated one.
      return typeof number === "string" ? camel(number === "normal" ? "truncated_normal" : number) : number;
    },
  );
  return { name: Object.hasOwn(NAMES, name) ? NAMES[name] : name, ...numbers };
}

/**
 * A regularizer or a constraint; undefined if there is none of that name here.
 *
 * @param needed whether that is an error
 */
export function ruleFrom(key: string, value: unknown, what: string, needed: boolean): object | undefined {
  const { className, config } = classOf(value, what);
  const registry = key.endsWith("_constraint") ? constraintRegistry : regularizerRegistry;
  const name = camel(here(className));
  if (registry.has(name)) return registry.make(name, renamed(config, camel)).toJSON();
  const problem = `${what}: there is no ${shown(value)} here`;
  if (needed) refuse(`${problem}; ${REMEDY}`);
  warnOnce(`${problem}, so it is left out`);
  return undefined;
}

/** Refuses numbers of another type than float32. */
export function expectFloat32(dtype: unknown, what: string): void {
  const name = isRecord(dtype) ? (dtype.config as Json | null)?.name : dtype;
  if (dtype === undefined || dtype === null || name === "float32") return;
  refuse(`${what} dtype: expected float32, got ${shown(name ?? dtype)}; in Keras, make the model with dtype="float32"`);
}
