/** What `import "wasm-lstm"` does where no bundler makes a program smaller: it brings all there is. */
import "./common.ts";
import { toSVG } from "./curves/svg.ts";
import { bringLoader } from "./engine/standardLoader.ts";
import { bringEveryLayer } from "./everyLayer.ts";
import { registerDrawing } from "./training/history.ts";

bringLoader();
bringEveryLayer();
registerDrawing(toSVG);
