/** The operators that a bundle has not by itself: those that models without attention, convolution and pooling seldom have. */
import { registerOperators } from "../handlers.ts";
import { COUNTING } from "./counting.ts";
import { einsum } from "./einsum.ts";
import { CALCULATIONS, ELEMENTS } from "./elements.ts";
import { FEATURES } from "./features.ts";
import { LISTS } from "./lists.ts";
import { PLACES } from "./places.ts";
import { PRODUCTS } from "./products.ts";
import { withTriangles } from "./triangles.ts";

export function bringOperators(): void {
  registerOperators(usual => {
    const all = { ...usual, ...PLACES, ...FEATURES, ...ELEMENTS, ...PRODUCTS, ...LISTS, ...COUNTING, Einsum: einsum };
    return Object.fromEntries(Object.entries(all).map(([op, handler]) => [op, withTriangles(op, handler)]));
  }, CALCULATIONS);
}
