/** Names in Keras and here: the same words, in snake_case and CamelCase there, in camelCase here. */
import { LAYER_NAMES } from "../../layers/names.generated.ts";

/** recurrent_initializer: recurrentInitializer; beta_1: beta1 */
export const camel = (name: string): string =>
  name.replace(/(?<=.)_+(\w)/g, (_, letter: string) => letter.toUpperCase());

/** recurrentInitializer: recurrent_initializer */
export const snake = (name: string): string => name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`);

/** Options under other names, and as other values; those of which nothing is said, null or undefined, are left out. */
export function renamed(
  options: object,
  name: (key: string) => string,
  value = (own: unknown, _key: string): unknown => own,
): Record<string, unknown> {
  const said = Object.entries(options).map(([key, own]) => [name(key), own == null ? undefined : value(own, key)]);
  return Object.fromEntries(said.filter(([, own]) => own !== undefined));
}

/** Classes whose names here are not theirs with a small first letter. */
const OTHER: readonly (readonly [there: string, here: string])[] = [
  ["LSTM", "lstm"],
  ["GRU", "gru"],
  ["SGD", "sgd"],
  ["RMSprop", "rmsprop"],
  ["AUC", "auc"],
  ["PReLU", "prelu"],
  ["KLDivergence", "kld"],
  ["RandomUniform", "uniform"],
  ["RandomNormal", "normal"],
];

/** LSTM: lstm; LayerNormalization: layerNormalization */
export function here(className: string): string {
  const other = OTHER.find(([there]) => there === className);
  return other ? other[1] : className.charAt(0).toLowerCase() + className.slice(1);
}

/** lstm: LSTM; layerNormalization: LayerNormalization */
export function there(name: string): string {
  const other = OTHER.find(([, here]) => here === name);
  return other ? other[0] : name.charAt(0).toUpperCase() + name.slice(1);
}

/** What Keras calls the group of a layer in a file: SimpleRNN: simple_rnn; Conv1D: conv1d */
export const groupName = (className: string): string =>
  className
    .replace(/(.)([A-Z][a-z]+)/g, "$1_$2")
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();

/** Layers that Keras has not, or not under that name. */
const OWN = "indRNN lambda mLSTM minGRU minLSTM missing operation rnn sLSTM tiedDense".split(" ");

/** Whether Keras has a layer of a kind of this package too. */
export const isShared = (kind: string): boolean => LAYER_NAMES.includes(kind) && !OWN.includes(kind);
