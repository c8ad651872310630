/** What `import "wasm-lstm"` does: registers all makers of the package under their names, and its kernels. */
import { binary } from "./engine/binary.generated.ts";
import { registerBinary } from "./engine/kernels.ts";
import * as layers from "./layers/index.ts";
import * as losses from "./losses/index.ts";
import * as optimizers from "./optimizers/index.ts";
import { register } from "./registries.ts";

registerBinary("baseline", binary);
register({ layers, losses, optimizers });
