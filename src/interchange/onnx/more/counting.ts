/** Sums up to each element of an axis, and ids as rows with a one. */
import { dense } from "../../../layers/dense.ts";
import { embedding } from "../../../layers/embedding.ts";
import { reverse } from "../../../ops/reverse.ts";
import { simpleRNN } from "../../../recurrent/simpleRnn.ts";
import type { Handler } from "../building.ts";
import { itemsOf, numberOf } from "../known.ts";
import { isView } from "../node.ts";
import { refuse } from "../refuse.ts";
import { whole } from "../sizes.ts";
import { atom, placeOf, settled } from "../view.ts";

const LARGEST = 2048;

const matrix = (size: number, of: (row: number, column: number) => number): Float32Array =>
  Float32Array.from({ length: size * size }, (_, i) => of(Math.floor(i / size), i % size));

const cumSum: Handler = (node, building) => {
  const view = node.view(0);
  const [given] = itemsOf(node.known(1, "axis"));
  const axis = node.axis(whole(given, "axis"), view.axes.length);
  const [exclusive, back] = [node.int("exclusive", 0) !== 0, node.int("reverse", 0) !== 0];
  const own = settled(view);
  const place = placeOf(own, axis);
  if (place === 0) refuse("over the batch's axis; samples are independent here");
  const [{ size }] = own.axes[axis];
  if (size !== null && size <= LARGEST) {
    const last = settled(view, axis);
    const counts = matrix(size, (row, column) => {
      const ahead = back ? row - column : column - row;
      return Number(exclusive ? ahead > 0 : ahead >= 0);
    });
    const layer = dense({ units: size, useBias: false, trainable: false });
    return [{ ...last, symbol: building.one(layer, last.symbol, { kernel: counts }), masked: undefined }];
  }
  const [, C] = own.symbol.shape;
  if (exclusive || place !== 1 || own.layout.length !== 2 || typeof C !== "number" || C > LARGEST)
    return refuse("of an axis of any length: sums of the steps of a sequence are read, with the step itself");
  const turned = back ? reverse(own.symbol) : own.symbol;
  const layer = simpleRNN({ units: C, activation: "linear", useBias: false, returnSequences: true, trainable: false });
  const identity = matrix(C, (row, column) => Number(row === column));
  const sums = building.one(layer, turned, { kernel: identity, recurrentKernel: identity });
  return [{ ...own, symbol: back ? reverse(sums) : sums }];
};

const oneHot: Handler = (node, building) => {
  const ids = node.needed(0);
  const depth = numberOf(node.known(1, "depth"));
  const [off, on] = itemsOf(node.known(2, "values"));
  if (!isView(ids) || !ids.ids) return refuse("expected token ids");
  const rank = ids.axes.length + 1;
  if (node.axis(node.int("axis", -1), rank) !== rank - 1) refuse("axis: ones along the last axis are read");
  if (typeof off !== "number" || typeof on !== "number" || !(depth >= 1 && depth <= LARGEST))
    return refuse(`depth ${depth}: expected 1 to ${LARGEST}, and two numbers`);
  const layer = embedding({ inputDim: depth, outputDim: depth, trainable: false });
  const table = matrix(depth, (row, column) => (row === column ? on : off));
  const group = [atom(depth)];
  const symbol = building.one(layer, ids.symbol, { embeddings: table });
  return [{ ...ids, ids: false, symbol, layout: [...ids.layout, group], axes: [...ids.axes, group] }];
};

export const COUNTING: Readonly<Record<string, Handler>> = { CumSum: cumSum, OneHot: oneHot };
