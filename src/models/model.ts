import type { Logs } from "../callbacks/callback.ts";
import { Network } from "../graph/network.ts";
import { type Layer, type SymbolicTensor, single, symbolsOf } from "../layer/layer.ts";
import type { ArrayData, NDArray } from "../ndarray.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import { checked } from "../options.ts";
import type { Batch, BatchSource } from "../training/batches.ts";
import type { CompileOptions } from "../training/compileOptions.ts";
import { type DataSet, expectData, type Inputs, type PaddedInputs, type Targets } from "../training/data.ts";
import type { FitOptions } from "../training/fitOptions.ts";
import type { History } from "../training/history.ts";
import type { Slot } from "../training/slots.ts";
import { inputSlots } from "../training/slots.ts";
import type { Trainer } from "../training/trainer.ts";
import type { Bytes } from "../typedArray.ts";
import { ability, hasAbility } from "./abilities.ts";
import type { SaveOptions } from "./blueprint.ts";
import type { LoadWeightsOptions } from "./loadWeights.ts";
import type { PartOptions } from "./part.ts";
import type { PredictOptions } from "./predict.ts";
import type { Scaling } from "./scaling.ts";
import type { Stream, StreamOptions } from "./stream.ts";
import type { BatchOptions, EvaluateOptions, GradientsOptions, Training } from "./training.ts";

export type { PredictOptions };

/** A network with weights: train it, ask it, save it. Made by `sequential`, `model` or `loadModel`. */
export class Model {
  /** Anything you want to keep in the saved file: plain JSON. */
  metadata: Record<string, unknown> = {};
  readonly #build: () => Network;
  #built: Network | undefined;
  #slots: readonly Slot[] | undefined;
  #compiledTraining: Training | undefined;
  #scaling: Scaling = {};
  #scalers: Scaling = {};

  /** @internal Use `sequential`, `model` or `loadModel`. */
  constructor(network: Network | (() => Network)) {
    this.#build = typeof network === "function" ? network : () => network;
  }

  get #network(): Network {
    this.#built ??= this.#build();
    if (this.#built.parameters.movedTo) {
      const [parts, old] = [ability("parts", "apply"), this.#built];
      this.#built = parts.networkAfter(old);
      this.#compiledTraining = parts.trainingAfter(this, this.#compiledTraining, old);
    }
    return this.#built;
  }

  get #training(): Training | undefined {
    this.#network.parameters.settle?.(); // with which it may have changed
    return this.#compiledTraining;
  }

  get #inputs(): readonly Slot[] {
    this.#slots ??= inputSlots(this.#network.plan);
    return this.#slots;
  }

  /** @internal */
  get network(): Network {
    return this.#network;
  }

  /** @internal */
  get slots(): readonly Slot[] {
    return this.#inputs;
  }

  /** @internal */
  get trainer(): Trainer | undefined {
    return this.#training?.trainer;
  }

  /** The tensors that the graph begins with. */
  get inputs(): readonly SymbolicTensor[] {
    return this.#network.plan.inputs;
  }

  /** The tensors that it ends with. */
  get outputs(): readonly SymbolicTensor[] {
    return this.#network.plan.outputs;
  }

  /** The layers in Keras' order, which is also that of all weights: see `getWeights`. */
  get layers(): readonly Layer[] {
    return this.#network.plan.layers;
  }

  /**
   * The layer of that name: see `summary`.
   *
   * @throws RangeError for a name that no layer has
   * @example net.layer("lstm").getWeights()
   */
  layer(name: string): Layer {
    return ability("weights", "layer").layer(this.#network.plan, name);
  }

  /** Whether training changes any layer's weights. What is assigned, all layers get; see `Layer.trainable`. */
  get trainable(): boolean {
    return this.layers.some(layer => layer.trainable);
  }

  set trainable(value: boolean) {
    for (const layer of this.layers) layer.trainable = value;
  }

  /** The optimizer given to `compile`. Its `learningRate` may be changed between steps. */
  get optimizer(): Optimizer {
    return this.#compiled("optimizer").trainer.optimizer;
  }

  /** Bytes of linear memory that the model has taken. */
  get memoryBytes(): number {
    return this.#network.engine.memory.bytes;
  }

  /** Threads that compute, the calling one included: as many as were asked for, or as this runtime can have. */
  get threads(): number {
    return this.#network.engine.parallel.threads;
  }

  /**
   * Waits until all threads are up, a few dozen milliseconds after the model was made. `fit` and `evaluate` do so
   * themselves; what is called earlier, such as a loop of `trainOnBatch`, computes the same numbers on one thread.
   *
   * A thread that cannot start is told on the console, and done without.
   *
   * @throws Error when a thread has died
   * @example await net.ready(); for (const [x, y] of batches) net.trainOnBatch(x, y);
   */
  async ready(): Promise<void> {
    await this.#network.engine.parallel.ready();
  }

  /** The scalers of inputs and targets, see `setScaling`. */
  get scaling(): Scaling {
    return this.#scaling;
  }

  /**
   * Keeps scalers inside the model: from now on inputs, targets, predictions and metrics are in raw units everywhere;
   * the loss stays what is minimised, that of the scaled numbers. The scalers travel in the saved file.
   *
   * @param scaling fitted scalers, which are copied: `input` for the last axis of x, `target` for the last axis of y; one for
   *   the columns of a single row serves any horizon
   * @throws TypeError for what is no scaler, RangeError for one that does not fit the model
   * @example net.setScaling({ input: standardScaler().fit(train), target: standardScaler().fit(train).select([0]) })
   */
  setScaling(scaling: Scaling): void {
    this.#network.parameters.underway?.refuse("setScaling", this.#network);
    const { expectScaling } = ability("scaling", "setScaling");
    const targets = this.#training?.trainer.targets;
    [this.#scaling, this.#scalers] = expectScaling(scaling, this.#network.plan, this.#inputs, targets);
  }

  /** @internal The same, each for the whole last axis. */
  get scalers(): Scaling {
    return this.#scalers;
  }

  /**
   * Chooses how to train. Training may go on with another optimizer after a new call; its state starts anew. Layers that
   * are not `trainable` now stay as they are. A model and its parts are compiled each by itself, and have optimizers of
   * their own.
   *
   * @param options loss, and optimizer ("rmsprop") and metrics if wanted
   * @example net.compile({ optimizer: "adam", loss: "meanSquaredError", metrics: ["mae"] })
   */
  compile(options: CompileOptions): void {
    const { Training } = ability("training", "compile");
    this.#compiledTraining = new Training(this, options);
  }

  #compiled(what: string): Training {
    const training = this.#training;
    if (!training) throw new Error(`${what}: the model has no loss and optimizer yet; call compile() first`);
    return training;
  }

  /** @internal */
  expectX(x: unknown): DataSet {
    const { input } = this.#scalers;
    if (hasAbility("lengths") || (x as Partial<PaddedInputs> | null)?.lengths) {
      return ability("lengths", "x with lengths").expectInputs(x, this.#inputs, input, this.#network);
    }
    return expectData(x, this.#inputs, false, input);
  }

  /**
   * Trains on data: arrays, windows of `timeseriesDataset`, or `batches(...)`, after which options come at once.
   *
   * @param x inputs [N, ...], or a list with one array for each input of the model; with sequences of unequal length
   *   a list of them or `{ x, lengths }`, here and in every other method: [N] numbers of real steps, which masks hide the rest by
   * @param y targets [N, ...], or a list with one array for each output
   * @param options see {@link FitOptions}
   * @returns the logs of every epoch
   * @throws TypeError or RangeError for data that does not fit, and when a loss or gradient is not finite: the weights
   *   of the last good step are kept; Error while another fit trains these weights
   * @example const { history } = await net.fit(x, y, { epochs: 10, validationSplit: 0.2 });
   */
  async fit(x: Inputs, y: Targets, options?: FitOptions): Promise<History>;
  async fit(batches: BatchSource<Batch>, options?: FitOptions): Promise<History>;
  async fit(x: unknown, y: unknown, options: FitOptions = {}): Promise<History> {
    return this.#compiled("fit").fit(x, y, options);
  }

  /**
   * One step of training on one batch.
   *
   * @param options how much samples, steps or classes count
   * @returns loss and metrics of the batch, before the step
   */
  trainOnBatch(x: Inputs, y: Targets, options?: BatchOptions): Logs {
    return this.#compiled("trainOnBatch").trainOnBatch(x, y, options);
  }

  /**
   * Losses and metrics over data, without learning.
   *
   * @example const { loss, mae } = await net.evaluate(xTest, yTest);
   */
  async evaluate(x: Inputs, y: Targets, options?: EvaluateOptions): Promise<Logs>;
  async evaluate(batches: BatchSource<Batch>, options?: EvaluateOptions): Promise<Logs>;
  async evaluate(x: unknown, y: unknown, options?: EvaluateOptions): Promise<Logs> {
    return this.#compiled("evaluate").evaluate(x, y, options);
  }

  /**
   * The model's outputs.
   *
   * @param x inputs [N, ...], or a list with one array for each input
   * @returns the output [N, ...]; float64 where a target scaler brings it back to raw units, else float32
   * @example net.predict([[[0.1], [0.2], [0.3]]]).toArray()
   */
  predict(x: Inputs | BatchSource, options: PredictOptions = {}): NDArray {
    return single(this.predictAll(x, options), "predict: this model", "predictAll");
  }

  /** The same, as a list with one array for each output of the model. */
  predictAll(x: Inputs | BatchSource, options: PredictOptions = {}): NDArray[] {
    return ability("predicting", "predict").predictBatches(this, x, options);
  }

  /**
   * The same numbers as `predict`, with turns of the event loop in between, also inside long steps: a page stays smooth. A
   * batch is computed with the weights of one moment, each with those of its own if they change meanwhile.
   *
   * @example const y = await net.predictAsync(x);
   */
  async predictAsync(x: Inputs | BatchSource, options: PredictOptions = {}): Promise<NDArray> {
    return single(await this.predictAllAsync(x, options), "predictAsync: this model", "predictAllAsync");
  }

  /** The same, as a list with one array for each output of the model. */
  async predictAllAsync(x: Inputs | BatchSource, options: PredictOptions = {}): Promise<NDArray[]> {
    return ability("turns", "predictAsync").predictInTurns(this, x, options);
  }

  /**
   * Runs the model one step at a time, with the states of its recurrent layers kept in between. Inputs with an axis of
   * time, and those of ids, are fed step by step; the others, such as initial states, are given here.
   *
   * @param options see {@link StreamOptions}
   * @throws RangeError for a model that needs whole sequences, TypeError or RangeError for inputs that do not fit
   * @example const stream = net.stream(); const y = stream.step([0.1, 0.2]);
   * @example const answer = decoder.stream({ inputs: encoder.predictAll(question) }); const y = answer.step(start);
   */
  stream(options: StreamOptions = {}): Stream {
    const { STREAM, Stream, inOrder } = ability("streaming", "stream");
    return new Stream(this.#network, this.#inputs, () => this.#scalers, checked(options, "stream", STREAM), inOrder);
  }

  /**
   * A part of the model, without a copy: it computes with the same weights, and training either trains them. It is a model
   * in all else: compiled, summed up, saved by itself. Scalers go with the inputs and outputs that it shares.
   *
   * @param options outputs, and inputs if it does not begin with the model's: tensors, or names of layers
   * @throws TypeError or RangeError for tensors or names that are not the model's
   * @example const hidden = net.part({ outputs: "lstm" }).predict(x); // what a layer puts out
   * @example const head = net.part({ inputs: "lstm", outputs: "dense" }); // from there on
   */
  part(options: PartOptions): Model {
    const { plan, scaling } = ability("parts", "part").partOf(this, options);
    const part = new Model(new Network(plan, this.#network.parameters));
    if (scaling.input || scaling.target) part.setScaling(scaling);
    return part;
  }

  /**
   * Puts the model on a tensor of a new model: new layers on an old body, the same layers on several inputs, a chain of
   * models. All compute with the same weights, and training any of them trains those. Scalers stay behind.
   *
   * @param inputs what it reads: one tensor, or one for each of its inputs
   * @returns its output
   * @throws RangeError for inputs that do not fit, or several outputs: `applyAll` gives a list of them
   * @example
   * const body = net.part({ outputs: "lstm" });
   * body.trainable = false;
   * const x = input({ shape: [20, 10] });
   * const classifier = model({ inputs: x, outputs: layers.dense({ units: 3, activation: "softmax" }).apply(body.apply(x)) });
   */
  apply(inputs: SymbolicTensor | readonly SymbolicTensor[], ...more: never[]): SymbolicTensor {
    return single(this.applyAll(inputs, ...more), "apply: this model", "applyAll");
  }

  /** The same for a model of several outputs. */
  applyAll(inputs: SymbolicTensor | readonly SymbolicTensor[], ...more: never[]): SymbolicTensor[] {
    const { applyPlan } = ability("parts", "apply");
    return applyPlan(this, symbolsOf(inputs, more));
  }

  /** Forgets the states of stateful layers. Not while `fit` runs. */
  resetStates(): void {
    this.#network.parameters.underway?.refuse("resetStates", this.#network);
    this.#network.states = new Map();
  }

  /**
   * Copies of all weights, layer by layer, in the order and layout of Keras' `get_weights()`: what that returns, `setWeights`
   * takes for the same graph, and the other way round. The deepest layers come first, those with the longest way to an
   * output; at equal depth those that a walk back from the outputs, through the inputs of each layer as they are
   * listed, meets first. When layers were made does not matter. Of a layer's own weights those that are trained come
   * first. A model used as a layer has its weights in one row in Keras; here its layers are part of the graph.
   *
   * @returns arrays of the shapes that each layer documents; states are not among them
   * @example const [kernel, recurrentKernel, bias] = net.getWeights(); // of an LSTM that comes first
   */
  getWeights(): NDArray[] {
    return ability("weights", "getWeights").read(this.#network);
  }

  /**
   * Replaces all weights. While `fit` runs, callbacks alone may do so.
   *
   * @param weights as `getWeights` returns them
   * @throws RangeError when number or shapes differ; then nothing has changed
   */
  setWeights(weights: readonly ArrayData[]): void {
    ability("weights", "setWeights").write(this.#network, weights);
  }

  /**
   * Takes the weights of a file that `save` made; training goes on with the optimizer as it is. While `fit` runs, callbacks
   * alone may do so.
   *
   * @param bytes of the file of a model with the same layers, by name
   * @param options.byName true: takes what the two have in common, says once what is skipped
   * @throws TypeError or RangeError for a bad file, and for weights of other shapes or, without `byName`, of other layers;
   *   then nothing has changed
   * @example net.loadWeights(bytes, { byName: true }); // the layers of an old model under a new head
   */
  loadWeights(bytes: Uint8Array, options?: LoadWeightsOptions): void {
    ability("files", "loadWeights").loadWeights(this.#network, bytes, options);
  }

  /**
   * The gradients of the loss on one batch, in the order of `getWeights`, without learning; zeros for weights that are
   * not trained.
   *
   * @param options how much samples count; `inputs`: by the inputs [N, ...] instead, one array for each, in raw units where the
   *   model has a scaler; zeros for ids
   * @example const gradients = net.gradients(x, y);
   * @example const [saliency] = net.gradients(x, y, { inputs: true });
   */
  gradients(x: Inputs, y: Targets, options?: GradientsOptions): NDArray[] {
    return this.#compiled("gradients").gradients(x, y, options);
  }

  /**
   * A table of layers, shapes and numbers of weights.
   *
   * @example console.log(net.summary());
   */
  summary(): string {
    return ability("summaries", "summary").summarize(this.#network);
  }

  /**
   * The model as the bytes of a safetensors file: weights, architecture, compile options, scalers, metadata.
   *
   * @param options.optimizer also what the optimizer has learned, so that training goes on as if it had never stopped
   * @example await writeFile("model.safetensors", net.save());
   */
  save(options: SaveOptions = {}): Bytes {
    const { blueprintOf, encodeOwn } = ability("saving", "save");
    return encodeOwn(blueprintOf(this, options));
  }
}
