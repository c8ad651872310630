/** What the command line calls options and data in errors of the library. */
import type { Forecaster } from "../forecast/index.ts";

export function inWords(forecaster: Forecaster, title: string): Forecaster {
  forecaster.words = { title, option: name => `--${name}` };
  return forecaster;
}
