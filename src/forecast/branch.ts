/** A network on top of lines: trained up to an origin, it forecasts what followed. */
import { type Model, ndarray } from "../index.ts";
import { cutTarget, type Line, lineForecast, type TargetWindows } from "./lines.ts";
import {
  inputColumns,
  type Kind,
  makeNetwork,
  networkInputs,
  type Scales,
  type Sizes,
  scalesOf,
  type Training,
  trainNetwork,
} from "./network.ts";
import type { Panel } from "./panel.ts";

export interface RecipeSettings extends Sizes, Training {
  /** Networks that are tried; none: the linear path alone */
  kinds: readonly Kind[];
  /** Networks of a kind, of which the mean counts */
  seeds: number;
  /** Of each target: rows of a season, 1 where there is none */
  seasons: readonly number[];
  /** Of the columns known ahead, how many are named ones, rather than the calendar's */
  named: number;
  onStage?: ((stage: Stage) => void) | undefined;
}

/** What is being done. */
export interface Stage {
  name: string;
  /** Part that is done, in (0, 1] */
  done: number;
}

export const floorOf = ({ targets }: Panel, k: number, { floor }: Scales) => floor[targets[k]];
export const deviationOf = ({ targets }: Panel, k: number, { deviation }: Scales) => deviation[targets[k]];

export interface Prepared {
  n: number;
  x: Float32Array;
  windows: TargetWindows[];
  lines: Float64Array[];
}

/** A network with what it stands on: lines of each target, and the scales of the rows it learns from. */
export class Branch {
  readonly #panel: Panel;
  readonly #settings: RecipeSettings;
  readonly #lines: readonly Line[];
  readonly kind: Kind;
  readonly scales: Scales;
  readonly net: Model;
  /** Of each target: what the network's 1 is in windows' deviations, or in those of all values */
  readonly units: number[];
  /** What its loss would be if it forecast as the lines do */
  readonly lineLoss: number;
  readonly #origins: readonly number[];
  /** [n, horizon * K] what is to be learned */
  readonly #goals: Float32Array;

  constructor(
    panel: Panel,
    origins: readonly number[],
    kind: Kind,
    lines: readonly Line[],
    settings: RecipeSettings,
    seed: number,
  ) {
    const { window, horizon } = settings;
    this.#panel = panel;
    this.#settings = settings;
    this.#lines = lines;
    this.kind = kind;
    this.scales = scalesOf(panel, origins, settings);
    const outputs = horizon * lines.length;
    this.net = makeNetwork(
      { window, columns: inputColumns(panel, kind), outputs, units: settings.units },
      kind === "changes",
      seed >>> 0,
    );
    this.#origins = origins;
    const { windows, lines: own } = this.#cut(origins);
    const goals = windows.map((each, k) => this.#goalsOf(k, each, own[k]));
    this.units = goals.map(each => each.reduce((sum, value) => sum + Math.abs(value), 0) / each.length || 1);
    const losses = windows.map(({ truth }, k) => {
      if (kind === "changes") return 1;
      const errors = truth.map((value, i) => Math.abs(value - own[k][i]));
      const unit = this.units[k] * this.scales.deviation[panel.targets[k]];
      return errors.reduce((sum, value) => sum + value, 0) / errors.length / unit;
    });
    this.lineLoss = losses.reduce((sum, loss) => sum + loss, 0) / losses.length || 1;
    const K = lines.length;
    this.#goals = new Float32Array(origins.length * outputs);
    goals.forEach((each, k) => {
      for (let i = 0; i < each.length; i++) this.#goals[i * K + k] = each[i] / this.units[k];
    });
  }

  /** The targets' windows, and what lines say of them. */
  #cut(origins: readonly number[]): Pick<Prepared, "windows" | "lines"> {
    const { window, horizon } = this.#settings;
    const windows = this.#lines.map(({ effects }, k) =>
      cutTarget(this.#panel, k, origins, {
        window,
        horizon,
        floor: floorOf(this.#panel, k, this.scales),
        ahead: effects !== null,
      }),
    );
    return { windows, lines: windows.map((each, k) => lineForecast(this.#lines[k], each)) };
  }

  prepared(origins: readonly number[]): Prepared {
    return { n: origins.length, x: this.#seen(origins), ...this.#cut(origins) };
  }

  #seen(origins: readonly number[]): Float32Array {
    return networkInputs(this.#panel, origins, this.kind, this.scales, this.#settings);
  }

  /** What is to be learned of a target, [n, horizon]. */
  #goalsOf(k: number, { truth, spread, horizon }: TargetWindows, line: Float64Array): Float64Array {
    const target = this.#panel.targets[k];
    const { mean, deviation } = this.scales;
    return this.kind === "levels"
      ? truth.map(value => (value - mean[target]) / deviation[target])
      : truth.map((value, i) => (value - line[i]) / spread[Math.floor(i / horizon)]);
  }

  /** @returns whether it was not aborted */
  train(until: number, onEpoch?: (epoch: number, loss: number) => unknown): Promise<boolean> {
    const { window } = this.#settings;
    return trainNetwork(
      this.net,
      {
        origins: this.#origins,
        seen: origins => this.#seen(origins),
        goals: this.#goals,
        sizes: [window, inputColumns(this.#panel, this.kind)],
      },
      this.#settings,
      until,
      onEpoch,
    );
  }

  /** Forecasts of each target, [n, horizon]. */
  forecast({ n, x, windows, lines }: Prepared): Float64Array[] {
    const { window } = this.#settings;
    const K = lines.length;
    const { data } = this.net.predict(ndarray(x, [n, window, inputColumns(this.#panel, this.kind)]));
    return windows.map((each, k) => ofNetwork(data, k, K, this, each, lines[k], this.#panel.targets[k]));
  }
}

/** From the network's numbers of a target to the unit of the data. */
export function ofNetwork(
  data: ArrayLike<number>,
  k: number,
  K: number,
  { kind, scales, units }: { kind: Kind; scales: Scales; units: readonly number[] },
  { spread, horizon }: TargetWindows,
  line: Float64Array,
  target: number,
): Float64Array {
  const { mean, deviation } = scales;
  return line.map((value, i) => {
    const number = data[i * K + k] * units[k];
    return kind === "levels"
      ? mean[target] + deviation[target] * number
      : value + spread[Math.floor(i / horizon)] * number;
  });
}
