/** Models with cells of the user's in files: they hold the cell's name and no code. */
import { describe, expect, it } from "vitest";
import { layers, loadModel, sequential } from "../../src/index.ts";
import { elmanCell, lstmCell } from "../helpers/customCells.ts";
import { bits, expectError, numbers, scramble, weightBits } from "../helpers/models.ts";

const cells = { lstmCell, elman: elmanCell(2) };

function build() {
  const net = sequential([
    layers.bidirectional({
      layer: layers.rnn(lstmCell, { units: 3, returnSequences: true }),
      inputShape: [4, 3],
    }),
    layers.rnn(cells.elman, { units: 5, goBackwards: true, dropout: 0.2 }),
  ]);
  scramble(net);
  net.compile({ optimizer: "adam", loss: "meanSquaredError" });
  return net;
}

const x = numbers([6, 4, 3]);
const y = numbers([6, 2]);

it("a loaded model predicts and goes on training to the same bits", () => {
  const net = build();
  net.trainOnBatch(x, y);
  const again = loadModel(net.save({ optimizer: true }), { cells });
  expect(bits(again.predict(x).data)).toEqual(bits(net.predict(x).data));
  net.trainOnBatch(x, y);
  again.trainOnBatch(x, y);
  expect(weightBits(again)).toEqual(weightBits(net));
});

it("the file has the cells' names", () => {
  const text = new TextDecoder().decode(build().save());
  expect(text).toContain('\\"cell\\":\\"elman\\"');
  expect(text).not.toContain("tanh");
});

describe("loading without the right cells", () => {
  const bytes = build().save();

  it.each([
    ["none", {}, 'loadModel cells: expected the cell "lstmCell", of which this model has a layer, got none'],
    [
      "another",
      { elman: cells.elman },
      'loadModel cells: expected the cell "lstmCell", .* got only elman; .*import the cell',
    ],
    ["what every object has", Object.create({ lstmCell }), 'expected the cell "lstmCell", .* got none'],
  ])("%s", async (_, given, message) => {
    await expectError(() => loadModel(bytes, { cells: given }), "RangeError", new RegExp(message));
  });

  it("no list of cells", async () => {
    await expectError(() => loadModel(bytes), "RangeError", /\{ cells: \{ lstmCell \} \}/);
    await expectError(
      () => loadModel(bytes, { cells: [] as never }),
      "TypeError",
      /loadModel cells: expected an object/,
    );
  });

  it("something that is no cell", async () => {
    const wrong = { lstmCell: () => 1 } as never;
    await expectError(
      () => loadModel(bytes, { cells: wrong }),
      "TypeError",
      /rnn cell: expected a cell made by defineCell/,
    );
  });

  it("a cell of other weights", async () => {
    await expectError(
      () => loadModel(bytes, { cells: { ...cells, elman: elmanCell(3) } }),
      "RangeError",
      /tensor "rnn\/i2o" should be \[11, 3\] and is \[11, 2\]; .*not the cell that the model was saved with/,
    );
  });
});
