/** Ops over features, which are axis 1 in ONNX: normalization by a batch's moments, convolution and pooling over steps. */

import type { Layer, SymbolicTensor } from "../../../layer/layer.ts";
import { batchNormalization } from "../../../layers/batchNormalization.ts";
import { conv1D } from "../../../layers/conv1D.ts";
import { globalAveragePooling1D, globalMaxPooling1D } from "../../../layers/globalPooling1D.ts";
import { averagePooling1D, maxPooling1D } from "../../../layers/pooling1D.ts";
import { zeroPadding1D } from "../../../layers/steps1D.ts";
import { windowsOf } from "../../../ops/windows1D.ts";
import type { Handler } from "../building.ts";
import { floatsOf, transposedKnown, uniform } from "../known.ts";
import type { GraphNode } from "../node.ts";
import { exact } from "../numbers.ts";
import { rowOf } from "../products.ts";
import { refuse } from "../refuse.ts";
import { showAll } from "../sizes.ts";
import { atom, batchAxis, settled, sizeOfGroup, type View, withAxis } from "../view.ts";

const normalization: Handler = (node, building) => {
  const view = node.view(0);
  node.without("momentum"); // of training
  if (node.int("training_mode", 0) !== 0 || node.int("spatial", 1) !== 1)
    refuse("training_mode or spatial: it is for predictions, by feature");
  if (node.wanted.slice(1).includes(true)) refuse("its running mean and variance are not made");
  const epsilon = exact(node.float("epsilon", Math.fround(1e-5)));
  const own = settled(view, 1);
  const size = sizeOfGroup(own.axes[1]) as number;
  const [gamma, beta, movingMean, movingVariance] = ["scale", "B", "mean", "var"].map((what, i) =>
    rowOf(node.known(1 + i, what), size),
  );
  const layer = batchNormalization({ epsilon, ...building.name(node.proto.name) });
  return [{ ...own, symbol: building.one(layer, own.symbol, { gamma, beta, movingMean, movingVariance }) }];
};

/** How windows of steps lie, and what is before and after the sequence; undefined: as Keras' "same" has it, whatever its length. */
function windowsIn(node: GraphNode, size: number) {
  const shape = node.ints("kernel_shape") ?? [size];
  if (shape.length !== 1 || !(shape[0] > 0) || (size > 0 && shape[0] !== size))
    refuse(`kernel_shape: expected [${size || "steps"}], one axis, got [${shape.slice(0, 8).join(", ")}]`);
  const [stride = 1] = node.ints("strides") ?? [];
  const [dilation = 1] = node.ints("dilations") ?? [];
  const auto = node.string("auto_pad") ?? "NOTSET";
  const pads = node.ints("pads") ?? [0, 0];
  if (!["NOTSET", "VALID", "SAME_UPPER"].includes(auto)) refuse(`auto_pad is ${auto}; pads and SAME_UPPER are read`);
  if (pads.length !== 2 || !pads.every(n => n >= 0 && n <= 1e6)) refuse(`pads: got [${pads.slice(0, 8).join(", ")}]`);
  return { size: shape[0], stride, dilation, pads: auto === "SAME_UPPER" ? undefined : pads };
}

/** A settled [steps, channels] after a layer that made other steps. */
function withSteps(view: View, symbol: SymbolicTensor): View {
  return withAxis(view, view.axes.indexOf(view.layout[0]), symbol, [atom(symbol.shape[0])]);
}

const convolution: Handler = (node, building) => {
  const view = node.view(0);
  const W = node.known(1, "W");
  const [filters, features, kernelSize] = W.shape as number[];
  if (W.shape.length !== 3 || view.axes.length !== 3 || batchAxis(view) !== 0) {
    refuse(
      `expected a kernel [filters, C, steps] for [N, C, T], got ${showAll(W.shape)}; convolutions over one axis are read`,
    );
  }
  if (node.int("group", 1) !== 1) refuse("group: one is read");
  const { stride: strides, dilation: dilationRate, pads } = windowsIn(node, kernelSize);
  const own = settled(view, 1);
  if (sizeOfGroup(own.axes[1]) !== features)
    refuse(`expected ${features} features, as W has, got ${showAll(view.axes.map(sizeOfGroup))}`);
  const kernel = floatsOf(transposedKnown(W, [2, 1, 0]), "W");
  const B = node.maybeKnown(2, "B");
  const span = (kernelSize - 1) * dilationRate;
  const [before, after] = pads ?? [0, 0];
  const causal = after === 0 && before > 0 && before === span;
  const same = !pads || (strides === 1 && before + after === span && before === Math.floor(span / 2) && span > 0);
  const padding = causal ? "causal" : same ? "same" : "valid";
  const padded =
    padding !== "valid" || (before === 0 && after === 0)
      ? own.symbol
      : zeroPadding1D({ padding: [before, after] }).apply(own.symbol);
  const layer = conv1D({
    filters,
    kernelSize,
    strides,
    dilationRate,
    padding,
    useBias: B !== undefined,
    ...building.name(node.proto.name),
  });
  const symbol = building.one(layer, padded, { kernel, ...(B && { bias: rowOf(B, filters) }) });
  return [withAxis(withSteps(own, symbol), 1, symbol, [atom(filters)])];
};

/** A layer over the steps of [N, C, T] that keeps the features. */
function overSteps(node: GraphNode, make: (T: number | null) => Layer): ReturnType<Handler> {
  const view = node.view(0);
  if (view.axes.length !== 3 || batchAxis(view) !== 0)
    refuse(`expected [N, C, T], got ${showAll(view.axes.map(sizeOfGroup))}; pooling over one axis is read`);
  const own = settled(view, 1);
  const symbol = make(own.symbol.shape[0]).apply(own.symbol);
  return [withSteps(own, symbol)];
}

const pooling =
  (make: typeof maxPooling1D): Handler =>
  (node, building) => {
    const { size, stride, dilation, pads } = windowsIn(node, 0);
    const mean = make === averagePooling1D;
    if (dilation !== 1 || node.int("ceil_mode", 0) !== 0 || node.int("storage_order", 0) !== 0 || node.wanted[1])
      refuse("dilations, ceil_mode, storage_order or indices: pooling is read without them");
    const whole = node.int("count_include_pad", 0) !== 0;
    return overSteps(node, T => {
      const same = T === null && stride > 1 ? undefined : windowsOf(T ?? size, "same", size, stride);
      const isSame = !pads || (same && pads.join() === [same.before, same.after].join());
      const padding = pads?.every(n => n === 0) ? "valid" : isSame ? "same" : undefined;
      if (padding === undefined || (mean && whole && padding === "same"))
        refuse(
          `pads [${pads ?? "SAME_UPPER"}]: pooling is read without padding, or with as much as one window for each step of ` +
            "strides needs, which means do not count",
        );
      return make({ poolSize: size, strides: stride, padding, ...building.name(node.proto.name) });
    });
  };

const globalPooling =
  (make: typeof globalMaxPooling1D): Handler =>
  (node, building) =>
    overSteps(node, () => make({ keepdims: true, ...building.name(node.proto.name) }));

/** Steps of zeros at the ends of a sequence. */
const pad: Handler = node => {
  const view = node.view(0);
  const mode = node.string("mode") ?? "constant";
  const pads = node.wholes(1, "pads") ?? [];
  const value = node.maybeKnown(2, "constant_value");
  if (mode !== "constant" || (value ? uniform(value) : node.float("value", 0)) !== 0 || node.input(3)) {
    refuse("it pads with other numbers than 0, or by axes of its own; steps of zeros are read");
  }
  const rank = view.axes.length;
  const batch = batchAxis(view);
  // The axis that is padded is the steps', whatever its place.
  const axis = pads.findIndex(n => n !== 0) % rank;
  if (axis < 0) return [view];
  const [before, after] = [pads[axis], pads[axis + rank]];
  const alone = pads.every((n, i) => n === 0 || i % rank === axis);
  if (
    rank !== 3 ||
    pads.length !== 6 ||
    axis === batch ||
    !alone ||
    !(before >= 0 && after >= 0 && before + after <= 1e6)
  )
    refuse(`pads: got [${pads.slice(0, 16).join(", ")}]; steps of a sequence are padded`);
  const own = settled(view, 3 - batch - axis);
  return [withSteps(own, zeroPadding1D({ padding: [before, after] }).apply(own.symbol))];
};

export const FEATURES: Readonly<Record<string, Handler>> = {
  AveragePool: pooling(averagePooling1D),
  BatchNormalization: normalization,
  Conv: convolution,
  GlobalAveragePool: globalPooling(globalAveragePooling1D),
  GlobalMaxPool: globalPooling(globalMaxPooling1D),
  MaxPool: pooling(maxPooling1D),
  Pad: pad,
};
