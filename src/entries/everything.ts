/** `wasm-lstm/everything`: in a bundle all that `wasm-lstm` is without one. What a bundle has by itself, common.ts says. */
import { bringEveryLayer } from "../everyLayer.ts";

bringEveryLayer();
