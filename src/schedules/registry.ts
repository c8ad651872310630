import { hasMethods, Registry } from "../registry.ts";
import type { Schedule } from "./schedule.ts";

/** Schedules by name. */
export const scheduleRegistry = new Registry<Schedule>({
  what: "schedule",
  group: "schedules",
  example: "schedules.cosineDecay()",
  is: isSchedule,
});

export function isSchedule(value: unknown): value is Schedule {
  return hasMethods(value, "at", "toJSON");
}
