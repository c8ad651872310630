/** What was chosen, fitted to windows, and what it forecasts. */
import { Branch, deviationOf, floorOf, type RecipeSettings } from "./branch.ts";
import { fitChoice } from "./chooseLines.ts";
import { byChunk, cutTarget, type Line, lineForecast } from "./lines.ts";
import { type Kind, type Scales, type Sizes, scalesOf } from "./network.ts";
import type { Panel } from "./panel.ts";
import type { Choice } from "./recipe.ts";
import { mix } from "./share.ts";
import { forLines } from "./thin.ts";

/** What was chosen, fitted to windows. */
export interface Fitted {
  scales: Scales;
  lines: Line[];
  /** Networks, each the mean of its branches */
  networks: { kind: Kind; shares: number[]; branches: Branch[] }[];
  aborted: boolean;
}

/** Fits what was chosen to windows, with the number of epochs that was found. */
export async function fitChosen(
  panel: Panel,
  origins: readonly number[],
  choice: Choice,
  settings: RecipeSettings,
  name: string,
): Promise<Fitted> {
  const scales = scalesOf(panel, origins, settings);
  const lines = choice.targets.map(({ terms, effects }, k) => {
    const sizes = { ...settings, floor: floorOf(panel, k, scales), ahead: effects.length > 0 };
    const own = { season: settings.seasons[k], deviation: deviationOf(panel, k, scales) };
    return fitChoice(terms, cutTarget(panel, k, forLines(origins), sizes), own, effects);
  });
  const fitted: Fitted = { scales, lines, networks: [], aborted: false };
  for (const { kind, epochs, shares } of choice.networks) {
    const branches: Branch[] = [];
    for (let seed = 0; seed < settings.seeds && !fitted.aborted; seed++) {
      const branch = new Branch(panel, origins, kind, lines, settings, settings.seed + 1000 * seed);
      const done = await branch.train(epochs, epoch =>
        settings.onStage?.({ name: `${kind}, ${name}`, done: (seed + (epoch + 1) / epochs) / settings.seeds }),
      );
      if (!done) fitted.aborted = true;
      branches.push(branch);
    }
    if (branches.length > 0) fitted.networks.push({ kind, shares, branches });
  }
  return fitted;
}

/** Forecasts of each target, [n, horizon], in the unit of the data. */
export function forecastBy(
  { scales, lines, networks }: Fitted,
  panel: Panel,
  origins: readonly number[],
  settings: Sizes,
): Float64Array[] {
  return byChunk(origins, some => {
    let forecasts = lines.map((line, k) => {
      const sizes = { ...settings, floor: floorOf(panel, k, scales), ahead: line.effects !== null };
      return lineForecast(line, cutTarget(panel, k, some, sizes));
    });
    for (const { shares, branches } of networks) {
      const all = branches.map(branch => branch.forecast(branch.prepared(some)));
      forecasts = forecasts.map((line, k) => {
        const mean = line.map((_, i) => all.reduce((sum, own) => sum + own[k][i], 0) / all.length);
        return mix(line, mean, shares[k]);
      });
    }
    return forecasts;
  });
}
