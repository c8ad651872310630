/** How a page looks: light or dark as the reader's system is, on screens of any width and on paper. */
export const STYLE = `
:root { color-scheme: light dark; --ground: #fcfcfb; --raised: #ffffff; --ink: #14140f; --quiet: #66645c; --grid: #e6e5df;
  --own: #2a78d6; --last: #8c8a80; --season: #c2410c; --linear: #2f7d4f }
@media (prefers-color-scheme: dark) { :root { --ground: #1a1a19; --raised: #232322; --ink: #f2f1ec; --quiet: #a8a69d; --grid: #3a3935;
  --own: #64a5f3; --last: #98968c; --season: #f08a4b; --linear: #62c48c } }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 860px; padding: 32px 20px 64px; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; overflow-wrap: anywhere }
h1 { font-size: 26px; line-height: 1.25; margin: 0 0 4px } h2 { font-size: 18px; margin: 0 0 8px } h3 { font-size: 15px; margin: 20px 0 4px }
p { margin: 8px 0 } .quiet, figcaption, footer { color: var(--quiet) } footer { margin-top: 40px; font-size: 13px }
section { margin-top: 36px } ul { margin: 8px 0; padding-left: 20px }
h1, h2, h3, td, th, li, figcaption span { unicode-bidi: isolate }
.warn { border-left: 4px solid var(--season); padding: 6px 12px; background: var(--raised) }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 20px 0 0; padding: 0 }
.tiles div { background: var(--raised); border: 1px solid var(--grid); border-radius: 8px; padding: 10px 14px }
.tiles dt { color: var(--quiet); font-size: 13px } .tiles dd { margin: 0; font-size: 22px; font-variant-numeric: tabular-nums }
.wide { overflow-x: auto } table { border-collapse: collapse; margin: 8px 0; font-size: 14px }
th, td { text-align: left; padding: 5px 18px 5px 0; border-bottom: 1px solid var(--grid); vertical-align: top }
th { color: var(--quiet); font-weight: 500 } .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
.wide td, .wide th { overflow-wrap: normal; white-space: nowrap } .bars td:first-child { white-space: normal; overflow-wrap: anywhere; min-width: 120px }
figure { margin: 12px 0 } figcaption { display: flex; flex-wrap: wrap; gap: 2px 18px; font-size: 13px }
svg { width: 100%; height: auto; display: block } svg.key { width: 26px; height: 10px; display: inline-block }
svg text { fill: var(--quiet); font-size: 12px; font-variant-numeric: tabular-nums }
.grid { stroke: var(--grid) } .axis { stroke: var(--quiet) }
.line { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round }
.line.truth { stroke: var(--ink); stroke-width: 1.5 } .dot.truth { fill: var(--ink) }
.line.own { stroke: var(--own) } .dot.own { fill: var(--own) }
.line.last { stroke: var(--last); stroke-dasharray: 1 5 } .dot.last { fill: var(--last) }
.line.season { stroke: var(--season); stroke-dasharray: 7 5 } .dot.season { fill: var(--season) }
.line.linear { stroke: var(--linear); stroke-dasharray: 9 4 2 4 } .dot.linear { fill: var(--linear) }
.band { fill: var(--own); opacity: .2 } .whisker { stroke: var(--own); stroke-width: 8; opacity: .3 }
.bars td { border: 0; padding: 3px 14px 3px 0 } .bars td:last-child { width: 55%; padding-right: 0 } .bars table, table.bars { width: 100% }
.bar { background: var(--own); height: 14px; border-radius: 2px; min-width: 1px }
.cell { --hue: var(--season); background: color-mix(in srgb, var(--hue) var(--part), transparent); min-width: 64px; padding-right: 10px }
.cell.right { --hue: var(--own) } .confusion th { padding-right: 10px }
@media (max-width: 600px) { svg text { font-size: 18px } }
@media print { body { max-width: none; padding: 0 } section { break-inside: avoid } }
`;
