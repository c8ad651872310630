/** The operators that a bundle has not by itself: those that models without attention, convolution and pooling seldom have. */
import { registerOperators } from "../handlers.ts";
import { CALCULATIONS, ELEMENTS } from "./elements.ts";
import { FEATURES } from "./features.ts";
import { PLACES } from "./places.ts";
import { PRODUCTS } from "./products.ts";
import { withTriangles } from "./triangles.ts";

export function bringOperators(): void {
  registerOperators(usual => {
    const all = { ...usual, ...PLACES, ...FEATURES, ...ELEMENTS, ...PRODUCTS };
    return Object.fromEntries(Object.entries(all).map(([op, handler]) => [op, withTriangles(op, handler)]));
  }, CALCULATIONS);
}
