/** What the command line calls options and data in errors of the library. */
import type { Classifier, Forecaster } from "../forecast/index.ts";

export function inWords<Net extends Forecaster | Classifier>(net: Net, title: string): Net {
  net.words = { title, option: name => `--${name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}` };
  return net;
}
