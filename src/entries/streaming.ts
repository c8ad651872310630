/** `wasm-lstm/streaming`: in a bundle `stream` of models. */
import { registerAbilities } from "../models/abilities.ts";
import { Stream } from "../models/stream.ts";
import { STREAM } from "../models/streamInputs.ts";
import { inOrder } from "../training/byName.ts";

registerAbilities({ streaming: { STREAM, Stream, inOrder } });
