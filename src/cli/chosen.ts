/** What was chosen, in words. */
import type { Chose, Report } from "../forecast/index.ts";
import { listNames, plain } from "./format.ts";

/** For machines: "last", "season", "linear", "changes", "levels" or "changes+levels". */
export function chosenName(
  { baseline, shares }: Pick<Chose, "baseline" | "shares">,
  networks: Report["networks"],
): string {
  const used = networks.filter((_, i) => shares[i] > 0).map(({ kind }) => kind);
  return baseline ?? (used.join("+") || "linear");
}

/** A line for each target; those that a baseline wins come first. */
export function chosenLines({ targets, networks, seeds, epochs, heldOut }: Report): string {
  const lines = targets.map(chose => {
    const name = plain(chose.target);
    if (chose.baseline) {
      const what = chose.baseline === "last" ? "the last value" : `the value ${chose.season} rows before`;
      return `${name}: nothing was better than ${what}, by which it is forecast`;
    }
    const used = networks.flatMap(({ kind, epochs: best }, i) => {
      const share = chose.shares[i];
      const nets = seeds === 1 ? "an LSTM" : `${seeds} LSTMs`;
      return share > 0 ? [`${Math.round(100 * share)} % of ${nets} of ${kind} (${best} of ${epochs} epochs)`] : [];
    });
    const effects = chose.effects.length > 0 ? `; it adds the effects of ${listNames(chose.effects)}` : "";
    return used.length === 0
      ? `${name}: the linear path was best${mixtureOf(chose)}${effects}`
      : `${name}: best was the linear path with ${used.join(", then ")}${effects.replace("it", "the linear path")}`;
  });
  const isFirst = (line: string) => (line.includes("nothing was better") ? 0 : 1);
  const warned = heldOut.scores.flatMap(({ target, mae, baseline, season }) => {
    if (targets.find(each => each.target === target)?.baseline) return [];
    const by = (other: number) =>
      other > 0 ? `was better by ${(100 * (mae / other - 1)).toFixed(1)} %` : "was right throughout";
    if (mae > baseline.mae)
      return [`${plain(target)}: on the rows held out, the last value ${by(baseline.mae)}; little can be known there`];
    return season && mae > season.mae
      ? [`${plain(target)}: on the rows held out, the value a season before ${by(season.mae)}`]
      : [];
  });
  return [...warned, ...lines.sort((a, b) => isFirst(a) - isFirst(b))].join("\n");
}

/** What the linear path is mixed of, where it is not one form: its error is then not that of one ridge regression. */
function mixtureOf({ terms, season }: Pick<Chose, "terms" | "season">): string {
  if (terms.length === 1) return "";
  const forms = terms.filter(term => "form" in term).length;
  const bases = terms.flatMap(term =>
    "baseline" in term ? [term.baseline === "last" ? "the last value" : `the value ${season} rows before`] : [],
  );
  return `: the mean of ${[forms === 1 ? "one ridge regression" : `${forms} ridge regressions`, ...bases].join(" and ")}`;
}
