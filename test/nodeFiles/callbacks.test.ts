import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { callbacks, layers, loadModel, type Model, sequential } from "../../src/index.ts";
import { csvLogger, loadModelFile, modelCheckpoint, tensorBoard } from "../../src/node.ts";
import { crc32c } from "../../src/nodeFiles/eventFile.ts";
import { numbers } from "../helpers/models.ts";

const root = mkdtempSync(join(tmpdir(), "callbacks-"));
afterAll(() => rmSync(root, { recursive: true }));
const [x, y] = [numbers([24, 5, 2]), numbers([24, 1])];
const QUIET = { verbose: 0, batchSize: 8, validationSplit: 0.25 } as const;

function net(): Model {
  const made = sequential([layers.gru({ units: 3, inputShape: [5, 2] }), layers.dense({ units: 1 })], { seed: 3 });
  made.compile({ loss: "mse", optimizer: "adam", metrics: ["mae"] });
  return made;
}

it.each([
  ["modelCheckpoint path", modelCheckpoint],
  ["csvLogger", csvLogger],
] as const)("%s without its folder is an error before anything is trained", async (what, make) => {
  const made = net();
  const folder = join(root, "missing");
  await expect(made.fit(x, y, { ...QUIET, callbacks: [make(join(folder, "file"))] })).rejects.toThrow(
    `${what}: folder ${folder} does not exist; create it or choose another`,
  );
  expect(made.network.parameters.step).toBe(0);
  await made.fit(x, y, { ...QUIET, callbacks: [make(join(root, `there ${what}`))] });
});

it("modelCheckpoint finds a name of no log before anything is trained, and folders that epochs name when they come", async () => {
  const made = net();
  await expect(made.fit(x, y, { ...QUIET, callbacks: [modelCheckpoint("{val_loss}")] })).rejects.toThrow("val_loss");
  expect(made.network.parameters.step).toBe(0);
  const later = modelCheckpoint(join(root, "epoch-{epoch}", "last.st"));
  await expect(made.fit(x, y, { ...QUIET, callbacks: [later] })).rejects.toThrow("ENOENT");
});

describe("modelCheckpoint", () => {
  it("writes a file that goes on", async () => {
    const path = join(root, "last.safetensors");
    const whole = net();
    const { history } = await whole.fit(x, y, { ...QUIET, epochs: 4 });
    await net().fit(x, y, { ...QUIET, epochs: 2, callbacks: [modelCheckpoint(path)] });
    const rest = await loadModelFile(path);
    const resumed = await rest.fit(x, y, { ...QUIET, epochs: 4, callbacks: [modelCheckpoint(path, { resume: true })] });
    expect(resumed.history).toEqual(history);
    expect(rest.getWeights()).toEqual(whole.getWeights());
  });

  it("names files by epochs and logs", async () => {
    const folder = mkdtempSync(join(root, "named-"));
    const checkpoint = modelCheckpoint(join(folder, "{epoch:02d}-{valLoss:.2f}.st"));
    const { history } = await net().fit(x, y, { ...QUIET, epochs: 2, callbacks: [checkpoint] });
    expect(readdirSync(folder)).toEqual(history.valLoss.map((loss, i) => `0${i + 1}-${loss.toFixed(2)}.st`));
    await net().fit(x, y, {
      ...QUIET,
      callbacks: [modelCheckpoint((epoch, logs) => join(folder, `${epoch}${typeof logs.loss}`))],
    });
    expect(existsSync(join(folder, "0number"))).toBe(true);
    await expect(net().fit(x, y, { ...QUIET, callbacks: [modelCheckpoint("{val_loss}")] })).rejects.toThrow(
      'modelCheckpoint path: "{val_loss}": expected one of loss, mae, valLoss, valMae, epoch, got "val_loss"',
    );
    expect(() => modelCheckpoint(3 as never)).toThrow("modelCheckpoint: expected the path of a file");
  });

  it("that cannot be written leaves the last one whole, and the model usable", async () => {
    const folder = mkdtempSync(join(root, "full-"));
    const path = join(folder, "last.st");
    const made = net();
    await made.fit(x, y, { ...QUIET, callbacks: [modelCheckpoint(path)] });
    const before = readFileSync(path);
    // A folder in the place of the file it is moved to: the write itself succeeds.
    const broken = modelCheckpoint(epoch => (epoch === 1 ? join(folder, "missing", "last.st") : path));
    await expect(made.fit(x, y, { ...QUIET, epochs: 3, callbacks: [broken] })).rejects.toThrow("ENOENT");
    expect(loadModel(readFileSync(path)).predict(x).shape).toEqual([24, 1]);
    expect(readFileSync(path)).not.toEqual(before);
    expect(readdirSync(folder)).toEqual(["last.st"]);
    const { stopReason } = await made.fit(x, y, QUIET);
    expect(stopReason).toBe("completed");
  });
});

it("a full disk under a checkpoint is one error, and the last one stays whole", { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(root, "disk-"));
  const path = join(folder, "last.st");
  writeFileSync(path, net().save({ optimizer: true }));
  const script = join(import.meta.dirname, "full.js");
  // No file may have more than one block: a write fails in its middle, as where there is no space left.
  const text = execFileSync("sh", ["-c", 'ulimit -f 1; exec "$0" "$1" "$2"', process.execPath, script, path], {
    encoding: "utf8",
  });
  const { code, message, whole, stopReason } = JSON.parse(text);
  expect(code).toBe("EFBIG");
  expect(message).toBe(`EFBIG: file too large, write '${path}'`);
  expect({ whole, stopReason }).toEqual({ whole: true, stopReason: "completed" });
  expect(readdirSync(folder)).toEqual(["last.st"]);
});

describe("csvLogger", () => {
  it("writes a row an epoch, with NA where there is no validation", async () => {
    const path = join(root, "log.csv");
    const logger = csvLogger(path);
    const { history } = await net().fit(x, y, { ...QUIET, epochs: 3, validationFreq: 2, callbacks: [logger] });
    const rows = (from = 0) =>
      history.loss.map((loss, i) =>
        [i + from, loss, history.mae[i], ...(i === 1 ? [history.valLoss[0], history.valMae[0]] : ["NA", "NA"])].join(
          ",",
        ),
      );
    const header = "epoch,loss,mae,valLoss,valMae";
    expect(readFileSync(path, "utf8")).toBe([header, ...rows(), ""].join("\n"));
    await net().fit(x, y, { ...QUIET, epochs: 3, validationFreq: 2, callbacks: [csvLogger(path, { append: true })] });
    expect(readFileSync(path, "utf8")).toBe([header, ...rows(), ...rows(), ""].join("\n"));
    await net().fit(x, y, { ...QUIET, epochs: 3, validationFreq: 2, callbacks: [csvLogger(path, { separator: ";" })] });
    expect(readFileSync(path, "utf8")).toBe([header, ...rows(), ""].join("\n").replaceAll(",", ";"));
  });

  it("replaces rows of epochs that are trained once more", async () => {
    const path = join(root, "again.csv");
    let saved: Uint8Array | undefined;
    const store = (bytes: Uint8Array, { epoch }: { epoch: number }) => {
      if (epoch === 1) saved = bytes;
    };
    const own = () => [csvLogger(path), callbacks.modelCheckpoint({ store, resume: true })];
    await net().fit(x, y, { ...QUIET, epochs: 4, callbacks: own() });
    const whole = readFileSync(path, "utf8");
    writeFileSync(path, `${whole.trimEnd()}\n`);
    await loadModel(saved as Uint8Array).fit(x, y, { ...QUIET, epochs: 4, callbacks: own() });
    expect(readFileSync(path, "utf8")).toBe(whole);
  });
});

/** The records of a file, whose checksums are right. */
function recordsOf(path: string): Buffer[] {
  const file = readFileSync(path);
  const sound = (bytes: Buffer, sum: number) => {
    const crc = crc32c(bytes);
    expect((((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0).toBe(sum);
  };
  const records: Buffer[] = [];
  for (let at = 0; at < file.length; ) {
    const length = file.readUInt32LE(at);
    sound(file.subarray(at, at + 8), file.readUInt32LE(at + 8));
    const bytes = file.subarray(at + 12, at + 12 + length);
    sound(bytes, file.readUInt32LE(at + 12 + length));
    records.push(bytes);
    at += 16 + length;
  }
  return records;
}

/** Tags and numbers of an event's summary. */
function scalarsOf(record: Buffer): [string, number][] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what the number begins with
  const tags = [...record.toString("latin1").matchAll(/\n(.)((?:epoch|batch)_\w+)\x15/gs)];
  return tags.map(({ 2: tag, index }) => [tag, record.readFloatLE(index + 2 + tag.length + 1)]);
}

it("tensorBoard writes events of training, validation and batches", async () => {
  const logDir = mkdtempSync(join(root, "logs-"));
  const { history } = await net().fit(x, y, {
    ...QUIET,
    epochs: 2,
    callbacks: [tensorBoard({ logDir, updateFreq: 2 })],
  });
  const read = (part: string) => {
    const [file, ...more] = readdirSync(join(logDir, part));
    expect(more).toEqual([]);
    expect(file).toMatch(/^events\.out\.tfevents\.\d+\..*\.v2$/);
    return recordsOf(join(logDir, part, file)).map(scalarsOf);
  };
  const close = (values: [string, number][]) => values.map(([tag, value]) => [tag, Math.fround(value)]);
  const epoch = (i: number, names: string[]) => close(names.map(name => [`epoch_${name}`, history[name][i]]));
  const rate: [string, number] = ["epoch_learning_rate", Math.fround(0.001)];
  const train = read("train");
  expect(train[0]).toEqual([]);
  const kinds = [undefined, "batch_loss", "batch_loss", "epoch_loss", "batch_loss", "epoch_loss"];
  expect(train.map(([first]) => first?.[0])).toEqual(kinds);
  expect(train.filter(([first]) => first?.[0] === "epoch_loss")).toEqual(
    [0, 1].map(i => [...epoch(i, ["loss", "mae"]), rate]),
  );
  const validation = read("validation").slice(1);
  expect(validation.map(values => values.map(([, value]) => value))).toEqual(
    [0, 1].map(i => [history.valLoss[i], history.valMae[i]].map(Math.fround)),
  );
  expect(validation[0].map(([tag]) => tag)).toEqual(["epoch_loss", "epoch_mae"]);
  expect(() => tensorBoard({ logDir: 3 as never })).toThrow("tensorBoard logDir: expected the path of a folder, got 3");
});
