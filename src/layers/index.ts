/** All layers, by the name under which they are made and saved. */
import { activation } from "./activation.ts";
import { dense } from "./dense.ts";
import { dropout } from "./dropout.ts";
import { embedding } from "./embedding.ts";
import { masking } from "./masking.ts";
import { bidirectional } from "./recurrent/bidirectional.ts";
import { lstm } from "./recurrent/lstm.ts";
import { timeDistributed } from "./timeDistributed.ts";

export { activation, bidirectional, dense, dropout, embedding, lstm, masking, timeDistributed };
