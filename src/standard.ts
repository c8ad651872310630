/** What `import "wasm-lstm"` does: registers all makers of the package under their names, and its kernels. */
import { binary } from "./engine/binary.generated.ts";
import { registerBinary } from "./engine/kernels.ts";
import * as layers from "./layers/index.ts";
import * as losses from "./losses/index.ts";
import * as metrics from "./metrics/index.ts";
import * as optimizers from "./optimizers/index.ts";
import { register } from "./registries.ts";
import * as schedules from "./schedules/index.ts";

export type LossName = keyof typeof losses | "mse" | "mae";
export type MetricName = keyof typeof metrics | "mse" | "mae" | "acc";
export type OptimizerName = keyof typeof optimizers;

registerBinary("baseline", binary);
register({ layers, losses, metrics, optimizers, schedules });
