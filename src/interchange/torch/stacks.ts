/** The layers that PyTorch's recurrent modules are. */
import type { Layer } from "../../layer/layer.ts";
import { dropout as dropoutLayer } from "../../layers/dropout.ts";
import { boolean, checked, fraction, type Input, integer, oneOf, option, optional, options } from "../../options.ts";
import { bidirectional as bothWays } from "../../recurrent/bidirectional.ts";
import { gru } from "../../recurrent/gru.ts";
import { lstm } from "../../recurrent/lstm.ts";
import type { RecurrentLayer } from "../../recurrent/sequenceLayer.ts";
import { simpleRNN } from "../../recurrent/simpleRnn.ts";

const batchFirst = option((value, what, title) => {
  if (boolean.check(value, what, title)) return true;
  throw new RangeError(
    `${what}: expected true, got false; arrays are [N, T, C] here, transpose those that begin with time`,
  );
});

const STACK = options({
  /** Features of a step; without it the layer below tells it */
  inputSize: optional(integer()),
  /** Units */
  hiddenSize: integer(),
  /** Layers on top of each other; default 1 */
  numLayers: optional(integer(1, 1000), 1),
  /** Default true */
  bias: optional(boolean, true),
  /** True, since arrays are [N, T, C] here; PyTorch's default is false */
  batchFirst: optional(batchFirst, true),
  /** Part of the outputs of each layer but the last that is set to 0 while training; default 0 */
  dropout: optional(fraction, 0),
  /** Default false */
  bidirectional: optional(boolean, false),
  /** Names of the layers are this and _l0, _l1, …; default "lstm", "gru" or "rnn" */
  name: optional(option(value => value as string)),
  /** False: the last layer gives its last output of each direction, the end of PyTorch's h_n; default true, all steps */
  returnSequences: optional(boolean, true),
});
const LSTM = options({
  ...STACK,
  /** Size of the hidden state, less than hiddenSize; default 0, none */
  projSize: optional(integer(0), 0),
});
const RNN = options({
  ...STACK,
  /** Default "tanh" */
  nonlinearity: optional(oneOf(["tanh", "relu"]), "tanh"),
});

export interface TorchStackOptions extends Input<typeof STACK> {}
export interface TorchLstmOptions extends Input<typeof LSTM> {}
export interface TorchRnnOptions extends Input<typeof RNN> {}

interface Given {
  inputSize?: number;
  hiddenSize: number;
  numLayers: number;
  bias: boolean;
  dropout: number;
  bidirectional: boolean;
  name?: string;
  returnSequences: boolean;
}

/** @param cell makes one layer of the options that all have */
function stack(given: Given, kind: string, cell: (options: StackedOptions) => RecurrentLayer): Layer[] {
  const { hiddenSize: units, numLayers, bias, dropout, bidirectional, name = kind, inputSize } = given;
  const limit = 1 / Math.sqrt(units);
  const uniform = { name: "uniform", minimum: -limit, maximum: limit } as const;
  return Array.from({ length: numLayers }, (_, k) => {
    const own = {
      name: `${name}_l${k}`,
      ...(k === 0 && inputSize !== undefined ? { inputShape: [null, inputSize] } : {}),
    };
    const options: StackedOptions = {
      units,
      useBias: bias,
      returnSequences: k < numLayers - 1 || given.returnSequences,
      kernelInitializer: uniform,
      recurrentInitializer: uniform,
      biasInitializer: uniform,
    };
    const layer = bidirectional ? bothWays({ ...own, layer: cell(options) }) : cell({ ...options, ...own });
    return k < numLayers - 1 && dropout > 0 ? [layer, dropoutLayer({ rate: dropout })] : [layer];
  }).flat();
}

type StackedOptions = Parameters<typeof simpleRNN>[0];

/**
 * The layers of an `nn.LSTM`, for `sequential` or to be applied one after the other; `loadTorchWeights` knows them by their names.
 * [N, T, inputSize] -> [N, T, D·hiddenSize], D = 2 with `bidirectional`. First weights are drawn as PyTorch draws them, with one bias
 * where it has two.
 *
 * @param options those of PyTorch, in camelCase, with its defaults but for `batchFirst`
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @example const net = sequential([...torchLSTM({ inputSize: 8, hiddenSize: 16, numLayers: 2 }), layers.dense({ units: 3, name: "fc" })]);
 */
export function torchLSTM(options: TorchLstmOptions): Layer[] {
  const { projSize, ...given } = checked(options, "torchLSTM", LSTM);
  const own = { unitForgetBias: false, ...(projSize > 0 ? { projection: projSize } : {}) };
  return stack(given, "lstm", all => lstm({ ...all, ...own }));
}

/** The layers of an `nn.GRU`; see {@link torchLSTM}. */
export function torchGRU(options: TorchStackOptions): Layer[] {
  return stack(checked(options, "torchGRU", STACK), "gru", gru);
}

/** The layers of an `nn.RNN`; see {@link torchLSTM}. */
export function torchRNN(options: TorchRnnOptions): Layer[] {
  const { nonlinearity, ...given } = checked(options, "torchRNN", RNN);
  return stack(given, "rnn", all => simpleRNN({ ...all, activation: nonlinearity }));
}
