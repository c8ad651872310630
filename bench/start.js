// What a process pays until its first prediction, by entry: CPU ms from before the import to after `predict` of LSTM(50, sequences) + Dense(1)
// from a saved model. A process each, the entries by turns; the shortest and the median. In this Node, and where test/runtimes is
// installed in Node 22 and 24, in the last one also with module.enableCompileCache().
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { layers, sequential } from "wasm-lstm";
import { node22, node24, ownNode } from "../test/runtimes/hosts/index.js";

const ROUNDS = Number(process.argv[2] ?? 20);
const WARM = 2;
const ENTRIES = { "wasm-lstm": "sync/index.js", "wasm-lstm/inference": "node/inference.js" };

const program = `
  import { readFileSync } from "node:fs";
  import module from "node:module";
  const [entry, file, cache] = process.argv.slice(2);
  const bytes = readFileSync(file);
  if (cache) module.enableCompileCache(cache);
  const before = process.cpuUsage();
  const { loadModel } = await import(entry);
  loadModel(bytes).predict({ shape: [1, 20, 10], data: new Float32Array(200).fill(0.5) });
  const { user, system } = process.cpuUsage(before);
  console.log((user + system) / 1000);
`;

const folder = mkdtempSync(join(tmpdir(), "start-"));
process.on("exit", () => rmSync(folder, { recursive: true }));
const [script, file] = ["start.mjs", "model.safetensors"].map(name => join(folder, name));
writeFileSync(script, program);
const net = sequential([
  layers.lstm({ units: 50, returnSequences: true, inputShape: [20, 10] }),
  layers.dense({ units: 1 }),
]);
writeFileSync(file, net.save());

const runtimes = [ownNode, node22, node24].filter(host => host.installed()).map(host => ({ host, cache: "" }));
if (node24.installed()) runtimes.push({ host: node24, cache: join(folder, "cache") });

for (const { host, cache } of runtimes) {
  /** @type {Map<string, number[]>} */
  const times = new Map(Object.keys(ENTRIES).map(name => [name, []]));
  for (let round = 0; round < ROUNDS + WARM; round++) {
    for (const [name, entry] of Object.entries(ENTRIES)) {
      const [command, ...argv] = host.command();
      const path = new URL(`../dist/${entry}`, import.meta.url).href;
      const printed = execFileSync(command, [...argv, script, path, file, ...(cache ? [cache] : [])], {
        encoding: "utf8",
      });
      if (round >= WARM) times.get(name)?.push(Number(printed));
    }
  }
  for (const [name, list] of times) {
    list.sort((a, b) => a - b);
    const [least, median] = [list[0], list[list.length >> 1]].map(ms => ms.toFixed(1).padStart(5));
    console.log(
      `${`${host.name}${cache ? ", compile cache" : ""}`.padEnd(24)} ${name.padEnd(20)} ${least} ms, median ${median}`,
    );
  }
}
