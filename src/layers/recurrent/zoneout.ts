import type { RecurrentLayerOptions } from "./options.ts";

/** Refuses zoneout of states that mean something only together. */
export function expectNoCellZoneout({ zoneout }: RecurrentLayerOptions, title: string): void {
  if (zoneout.cell === 0) return;
  throw new RangeError(
    `${title} zoneout.cell: expected 0, since its states c, n and m belong together, got ${zoneout.cell}; use zoneout.hidden`,
  );
}
