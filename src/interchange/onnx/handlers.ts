/** Operators by name: those that every program has, and those that `wasm-lstm/operators` brings to a bundle. */
import type { Handler } from "./building.ts";
import { ELEMENTS } from "./elements.ts";
import { CALCULATED } from "./known.ts";
import { PICKS } from "./picks.ts";
import { PLACES } from "./places.ts";
import { PRODUCTS } from "./products.ts";
import { recurrent } from "./recurrent.ts";
import { further, refuse } from "./refuse.ts";

const handlers: Record<string, Handler> = {
  ...PICKS,
  ...PLACES,
  ...ELEMENTS,
  ...PRODUCTS,
  LSTM: recurrent,
  GRU: recurrent,
  RNN: recurrent,
};

let hasMore = false;

/** Adds operators to those that are there, or reads what these leave out; and what is calculated of constants. */
export function registerOperators(
  more: (handlers: Readonly<Record<string, Handler>>) => Readonly<Record<string, Handler>>,
  calculations: typeof CALCULATED,
): void {
  Object.assign(handlers, more(handlers));
  Object.assign(CALCULATED, calculations);
  hasMore = true;
}

export function handlerOf(op: string): Handler {
  if (Object.hasOwn(handlers, op)) return handlers[op];
  if (!hasMore) further("this operator is not read by itself");
  return refuse(`this operator is not read; write the model with those that are: ${Object.keys(handlers).join(", ")}`);
}
