/**
 * `node test/fuzz/kill.js [kills] [interrupts] [seed]`, on `dist/`: processes that save are killed at random moments (40), or
 * get Ctrl-C (20). Whatever happens, the path holds a whole model, the old or the new one, or nothing where there was none;
 * what a killed process leaves behind, the next one removes. Then a full disk and a folder that cannot be written to: one clear
 * line, and the old file. A disk is full in a small tmpfs where one can be mounted, else beyond `ulimit -f`.
 */
import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const [kills, interrupts, seed] = [40, 20, Date.now() % 2 ** 31].map((usual, i) =>
  Number(process.argv[2 + i] ?? usual),
);
const dist = new URL("../../dist/", import.meta.url);
const { loadModel } = await import(new URL("index.js", dist).href);
const main = fileURLToPath(new URL("cli/main.js", dist));

let state = seed >>> 0;
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};

const folder = mkdtempSync(join(tmpdir(), "kill-"));
const table = join(folder, "data.csv");
writeFileSync(
  table,
  `a\n${Array.from({ length: 160 }, (_, i) => Math.sin(i / 3) + 0.1 * Math.cos(7 * i)).join("\n")}\n`,
);

/** A training whose file has a megabyte. */
const train = (out, epochs = 3) => [
  main,
  ...["train", table, "--target", "a", "--window", "6", "--units", "256", "--epochs", String(epochs), "--out", out],
];

/** Saves again and again. */
const saver = join(folder, "saver.mjs");
writeFileSync(
  saver,
  `import { layers, sequential } from ${JSON.stringify(new URL("index.js", dist).href)};
import { saveModelFile } from ${JSON.stringify(new URL("node.js", dist).href)};
const net = sequential([layers.dense({ units: 1000, inputShape: [1000] })], { seed: 1 });
for (;;) await saveModelFile(net, process.argv[2]);`,
);

const closed = join(folder, "closed");

const leftovers = () => readdirSync(folder).filter(name => name.endsWith(".tmp"));
const seen = { none: 0, whole: 0, leftBehind: 0 };

function expectWhole(path) {
  if (!existsSync(path)) {
    seen.none++;
    return;
  }
  loadModel(readFileSync(path)); // throws for anything else
  seen.whole++;
}

function fail(text) {
  console.error(`FAIL ${text}; repeat with: node test/fuzz/kill.js ${kills} ${interrupts} ${seed}`);
  process.exit(1);
}

/** Runs a program and sends a signal after some time; resolves to its end. */
function signalled(args, signal, milliseconds) {
  return new Promise(resolve => {
    const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
    let stderr = "";
    child.stderr.on("data", data => {
      stderr += data;
    });
    const timer = setTimeout(() => child.kill(signal), milliseconds);
    child.on("close", (code, by) => {
      clearTimeout(timer);
      resolve({ code, by, stderr });
    });
  });
}

const begin = performance.now();
const first = spawnSync(process.execPath, train(join(folder, "timed")), { encoding: "utf8" });
if (first.status !== 0) fail(`a training that nobody disturbs: ${first.stderr}`);
const whole = performance.now() - begin;
console.log(
  `seed ${seed}; a training takes ${whole.toFixed(0)} ms, its file has ${readFileSync(join(folder, "timed")).length} bytes`,
);

const model = join(folder, "model");
for (let i = 0; i < kills; i++) {
  // Half of them while it trains, half while it does nothing but save.
  const training = i % 2 === 0;
  await signalled(
    training ? train(model) : [saver, model],
    "SIGKILL",
    (training ? whole : 900) * (0.3 + 0.8 * random()),
  );
  expectWhole(model);
  if (leftovers().length > 0) seen.leftBehind++;
}
if (leftovers().length > 1) fail(`leftovers of earlier runs stay: ${leftovers()}`);
const last = spawnSync(process.execPath, train(model, 1), { encoding: "utf8" });
if (last.status !== 0 || leftovers().length > 0)
  fail(`what killed processes leave behind is not removed: ${leftovers()}`);
console.log(
  `${kills} kills: ${seen.whole} times a whole model, ${seen.none} times none yet; ${seen.leftBehind} left a temporary file, the next save removed it`,
);

const codes = {};
for (let i = 0; i < interrupts; i++) {
  const before = readFileSync(model);
  const { code, by, stderr } = await signalled(train(model, 4000), "SIGINT", 150 + 1500 * random());
  codes[by ?? code] = (codes[by ?? code] ?? 0) + 1;
  if (/ at .*:\d+:\d+/.test(stderr)) fail(`Ctrl-C shows a stack: ${stderr}`);
  expectWhole(model);
  if (leftovers().length > 0) fail(`Ctrl-C leaves ${leftovers()}`);
  if (code !== 0 && code !== 130 && by !== "SIGINT") fail(`Ctrl-C ends with ${code}: ${stderr}`);
  if (by === "SIGINT" && !readFileSync(model).equals(before))
    fail("Ctrl-C before training has begun has changed the file");
}
console.log(`${interrupts} times Ctrl-C, ends: ${JSON.stringify(codes)}; always a whole model, never a temporary file`);

/** One line that names the file, and the old bytes. */
function expectRefused(what, path, before, { status, stderr }) {
  const lines = stderr
    .trim()
    .split("\n")
    .filter(line => line.startsWith("wasm-lstm:"));
  if (status === 0 || status === null) fail(`${what}: it says that it has saved (${status})`);
  if (lines.length !== 1 || / at .*:\d+:\d+/.test(stderr)) fail(`${what}: expected one line, got ${stderr}`);
  if (!lines[0].includes(before ? path : closed)) fail(`${what}: expected the path, got ${lines[0]}`);
  if (before ? !readFileSync(path).equals(before) : existsSync(path)) fail(`${what}: the file has changed`);
  console.log(`${what}: ${lines[0]}`);
}

const small = join(folder, "small");
mkdirSync(small);
const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=1400k", "tmpfs", small]).status === 0;
try {
  const path = join(small, "model");
  writeFileSync(path, readFileSync(model)); // a second one beside it does not fit
  const before = readFileSync(path);
  const result = mounted
    ? spawnSync(process.execPath, train(path, 1), { encoding: "utf8" })
    : spawnSync("sh", ["-c", `trap "" XFSZ; ulimit -f 512; exec "$@"`, "sh", process.execPath, ...train(path, 1)], {
        encoding: "utf8",
      });
  expectRefused(mounted ? "full disk" : "file size limit", path, before, result);
  const stays = readdirSync(small).filter(name => name.endsWith(".tmp"));
  if (stays.length > 0) fail(`a full disk keeps ${stays}`);
} finally {
  if (mounted) spawnSync("umount", [small]);
}

mkdirSync(closed);
chmodSync(closed, 0o555);
const asOther = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
chmodSync(folder, 0o755);
const refused = spawnSync(process.execPath, train(join(closed, "model"), 1), { encoding: "utf8", ...asOther });
expectRefused("a folder without the right to write", join(closed, "model"), undefined, refused);
rmSync(folder, { recursive: true });
console.log("PASS");
