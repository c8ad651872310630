/** All that models can do with each other's layers. */
import { join } from "../graph/join.ts";
import { networkAfter, trainingAfter } from "./follow.ts";
import { applyPlan } from "./nested.ts";
import { parametersFor } from "./parametersFor.ts";
import { partOf } from "./part.ts";

export const PARTS = { partOf, applyPlan, join, parametersFor, networkAfter, trainingAfter };
