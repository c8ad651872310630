/** All layers, by the name under which they are made and saved. */

import { bidirectional } from "../recurrent/bidirectional.ts";
import { gru } from "../recurrent/gru.ts";
import { indRNN } from "../recurrent/indRnn.ts";
import { lstm } from "../recurrent/lstm.ts";
import { minGRU, minLSTM } from "../recurrent/minimal.ts";
import { mLSTM } from "../recurrent/mLstm.ts";
import { rnn } from "../recurrent/rnn.ts";
import { simpleRNN } from "../recurrent/simpleRnn.ts";
import { sLSTM } from "../recurrent/sLstm.ts";
import { activation } from "./activation.ts";
import { concatenate } from "./concatenate.ts";
import { dense } from "./dense.ts";
import { dropout } from "./dropout.ts";
import { embedding } from "./embedding.ts";
import { masking } from "./masking.ts";
import { missing } from "./missing.ts";
import { timeDistributed } from "./timeDistributed.ts";

export {
  activation,
  bidirectional,
  concatenate,
  dense,
  dropout,
  embedding,
  gru,
  indRNN,
  lstm,
  masking,
  minGRU,
  minLSTM,
  missing,
  mLSTM,
  rnn,
  simpleRNN,
  sLSTM,
  timeDistributed,
};
