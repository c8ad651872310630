/** Text in and text out: the subpath `wasm-lstm/text`, for models of any entry. Runs wherever JavaScript does. */

export { type GenerateOptions, generate, generateTokens, type WrittenToken } from "./generate.ts";
export { type Padded, type PadOptions, padSequences } from "./padSequences.ts";
export type { WritingOptions, Written } from "./page.ts";
export { seededRandom } from "./random.ts";
export { type SampleOptions, sample } from "./sample.ts";
export { type BeamOptions, beamSearch, type FoundText, type GreedyOptions, greedySearch } from "./search.ts";
export type { EncodeOptions, Tokenizer } from "./tokenizer.ts";
export type { TokenizerJSON } from "./tokenizerJson.ts";
export { type TokenizerOptions, tokenizer, tokenizerFromJSON } from "./tokenizers.ts";
export type { NextToken } from "./writer.ts";
