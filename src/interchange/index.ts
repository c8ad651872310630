/** Models of other programs: the subpath `wasm-lstm/formats`. Each format is a folder. Where no bundler is at work, all operators are there. */
import "./operators.ts";

export * from "./bundled.ts";
