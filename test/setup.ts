/** Before every file of tests: the kernels and threads, for those that make an engine by themselves and import no entry. */
import { registerActivations } from "../src/activations.ts";
import { runtimeName } from "../src/cli/bench/runtimeName.ts";
import { registerKernels } from "../src/engine/kernels.ts";
import { registerGrowthError } from "../src/engine/memory.ts";
import { explainGrowth } from "../src/engine/refusals.ts";
import { expectThreads } from "../src/engine/threads/count.ts";
import { sharedMemory } from "../src/engine/threads/sharedMemory.ts";
import { sharedKernelsModule } from "../src/engine/threads/sharedModule.ts";
import { startPool } from "../src/engine/threads/startPool.ts";
import { registerThreading } from "../src/engine/threads/threading.ts";
import { moreActivation } from "../src/ops/moreActivations.ts";
import * as variants from "../src/recurrent/everyVariant.ts";
import { registerVariants } from "../src/recurrent/variants.ts";
import { BASE, families } from "./helpers/families.ts";

registerKernels(BASE, ...families);
registerVariants(variants);
registerActivations(moreActivation);
registerGrowthError(explainGrowth);
registerThreading({ startPool, expectThreads, sharedKernelsModule, sharedMemory });

// Where all tests are to run in another runtime, a worker in this Node would prove nothing.
const { TEST_RUNTIME = "" } = process.env;
if (!runtimeName().startsWith(TEST_RUNTIME)) throw new Error(`${runtimeName()} runs tests meant for ${TEST_RUNTIME}`);
