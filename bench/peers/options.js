/** The command line. */
import { resolve } from "node:path";
import { parseArgs } from "node:util";

export const HELP = `Measures wasm-lstm side by side with other libraries.

  npm run bench:peers -- [options]

  --only a,b      workloads (see --list)
  --peers a,b     peers (see --list)
  --quick         short rounds, for a look; not for figures to quote
  --budget s      leave out a peer whose single step takes longer (20)
  --text file     English text for sentiment64-text, instead of the one in data/
  --json file     write everything measured
  --svg file      write a bar chart of the training steps
  --list          names of workloads and peers
  --help

KERAS_PYTHON and TORCH_PYTHON name the Python programs that have Keras and PyTorch (python3).`;

/** A mistake in the command: its message is all the user needs. */
export class UsageError extends Error {}

/** @param {string | undefined} list @param {readonly string[]} known @param {string} what */
function names(list, known, what) {
  if (list === undefined) return known;
  const wanted = list.split(",").map(name => name.trim());
  for (const name of wanted) {
    if (!known.includes(name)) throw new UsageError(`${what}: no "${name}"; there are ${known.join(", ")}`);
  }
  return wanted;
}

/** npm runs scripts in the package's folder: files are meant from where the user called it. @param {string | undefined} file */
const fromUser = file => (file === undefined ? undefined : resolve(process.env.INIT_CWD ?? ".", file));

/**
 * @param {string[]} args
 * @param {{ workloads: readonly string[], peers: readonly string[] }} known
 * @throws UsageError
 */
export function readOptions(args, known) {
  const string = { type: /** @type {const} */ ("string") };
  const boolean = { type: /** @type {const} */ ("boolean"), default: false };
  let values;
  try {
    ({ values } = parseArgs({
      args,
      options: {
        only: string,
        peers: string,
        quick: boolean,
        budget: string,
        text: string,
        json: string,
        svg: string,
        list: boolean,
        help: boolean,
      },
    }));
  } catch (error) {
    throw new UsageError(/** @type {Error} */ (error).message);
  }
  const budget = Number(values.budget ?? 20);
  if (!(budget > 0)) throw new UsageError(`--budget: expected seconds above 0, got ${values.budget}`);
  return {
    only: names(values.only, known.workloads, "--only"),
    peers: names(values.peers, known.peers, "--peers"),
    text: fromUser(values.text),
    json: fromUser(values.json),
    svg: fromUser(values.svg),
    list: values.list,
    help: values.help,
    quick: values.quick,
    settings: values.quick
      ? { budget, warmUp: 150, rounds: 5, roundMs: 40 }
      : { budget, warmUp: 700, rounds: 15, roundMs: 150 },
  };
}
