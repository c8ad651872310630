/** Before every file of tests: the kernels, for those that make an engine by themselves and import no entry. */
import { binary } from "../src/engine/binary.generated.ts";
import { registerBinary } from "../src/engine/kernels.ts";

registerBinary("baseline", binary);
