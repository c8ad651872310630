/** Runs every workload on this package and its peers: `npm start -- --help`. */
import { existsSync, writeFileSync } from "node:fs";
import { cpus, platform, release, totalmem } from "node:os";
import { basename } from "node:path";
import { chart } from "./chart.js";
import { Child } from "./child.js";
import { HELP, readOptions, UsageError } from "./options.js";
import { ours, peers } from "./roster.js";
import { measure } from "./rounds.js";
import { ratio, taskTable } from "./table.js";

/** @typedef {import("./rounds.js").Contender} Contender */

/**
 * Starts the peers.
 *
 * @param {readonly import("./roster.js").Peer[]} wanted
 * @returns {Promise<{ contenders: Contender[], versions: Record<string, Record<string, string>>, absent: Record<string, string> }>}
 *   absent: why a peer is not here
 */
async function start(wanted) {
  /** @type {Contender[]} */
  const contenders = [];
  /** @type {Record<string, Record<string, string>>} */
  const versions = {};
  /** @type {Record<string, string>} */
  const absent = {};
  for (const { name, title, command } of wanted) {
    const child = new Child(command);
    try {
      versions[name] = (await child.ask({ do: "hello" }, 120)).versions;
      contenders.push({ name, title, child });
    } catch (error) {
      absent[name] = /** @type {Error} */ (error).message;
    }
  }
  return { contenders, versions, absent };
}

/** @param {string[]} args @returns {Promise<boolean>} whether all went well */
async function main(args) {
  if (!existsSync(new URL("../../dist/index.js", import.meta.url))) {
    throw new UsageError("the package is not built yet; run npm run build in its folder first");
  }
  const { allWorkloads, defaultText } = await import("./workloads.js");
  const known = { workloads: allWorkloads().map(({ name }) => name), peers: peers.map(({ name }) => name) };
  const options = readOptions(args, known);
  if (options.help || options.list) {
    const list = `workloads: ${known.workloads.join(", ")}\npeers: ${known.peers.join(", ")}`;
    console.log(options.help ? HELP : list);
    return true;
  }
  const text = options.text ?? defaultText;
  if (!existsSync(text)) throw new UsageError(`--text: no file ${text}`);

  const { contenders, versions, absent } = await start([
    ours,
    ...peers.filter(({ name }) => options.peers.includes(name)),
  ]);
  const titles = new Map([ours, ...peers].map(({ name, title }) => [name, title]));
  try {
    if (absent.ours) throw new UsageError(`this package does not run: ${absent.ours}`);
    const machine = {
      cpu: cpus()[0]?.model.trim() ?? "unknown",
      cores: cpus().length,
      memoryGB: Math.round(totalmem() / 2 ** 30),
      system: `${platform()} ${release()}`,
    };
    console.log(`${machine.cpu}, ${machine.cores} cores, Node ${process.versions.node}; one thread for each\n`);
    for (const { name, title } of contenders) {
      console.log(
        `  ${title.padEnd(20)} ${Object.entries(versions[name])
          .map(entry => entry.join(" "))
          .join(", ")}`,
      );
    }
    for (const [name, reason] of Object.entries(absent))
      console.log(`  ${titles.get(name)?.padEnd(20)} absent: ${reason}`);
    console.log("\nratio: how many times as long as wasm-lstm; above 1, wasm-lstm is faster\n");

    const results = [];
    for (const workload of allWorkloads(text).filter(({ name }) => options.only.includes(name))) {
      const problem = workload.build();
      for (const task of workload.tasks) {
        const cells = await measure(workload.name, task, problem, contenders, options.settings);
        console.log(taskTable(cells, titles));
        results.push(...cells.map(cell => ({ ...cell, ratio: ratio(cell, cells) })));
      }
    }
    if (options.json) {
      const date = new Date().toISOString();
      const about = { date, machine, quick: options.quick, text: basename(text), versions, absent };
      writeFileSync(options.json, `${JSON.stringify({ ...about, results }, null, 2)}\n`);
    }
    if (options.svg) writeFileSync(options.svg, chart(results, titles));
    return !results.some(({ wrong }) => wrong);
  } finally {
    for (const { child } of contenders) child.stop();
  }
}

try {
  if (!(await main(process.argv.slice(2)))) process.exitCode = 1;
} catch (error) {
  if (!(error instanceof UsageError || error instanceof RangeError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
