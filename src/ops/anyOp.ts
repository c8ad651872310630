import { MORE_ACTIVATIONS } from "../engine/families/moreActivations.generated.ts";
import { TENSORS } from "../engine/families/tensors.generated.ts";

/** The kernels of all ops, for code of the user's, which may call any. */
export const ANY_OP = [TENSORS, MORE_ACTIVATIONS];
