/** Numbers that probably stand for a missing value: -999 among temperatures. */

/** Marks that are looked for in a column, at most */
const MOST = 3;

/** Numbers far from all others of a column, which come again or are made of nines. */
export function likelyMarks(values: Float64Array): number[] {
  const found: number[] = [];
  while (found.length < MOST) {
    const mark = outermost(values, found);
    if (mark === undefined) break;
    found.push(mark);
  }
  return found;
}

function outermost(values: Float64Array, without: readonly number[]): number | undefined {
  let [low, high, nextLow, nextHigh] = [Infinity, -Infinity, Infinity, -Infinity];
  let n = 0;
  for (const value of values) {
    if (Number.isNaN(value) || without.includes(value)) continue;
    n++;
    if (value < low) [low, nextLow] = [value, low];
    else if (value > low && value < nextLow) nextLow = value;
    if (value > high) [high, nextHigh] = [value, high];
    else if (value < high && value > nextHigh) nextHigh = value;
  }
  if (n < 10 || nextLow >= nextHigh) return undefined;
  const ends: [end: number, gap: number, range: number][] = [
    [low, nextLow - low, high - nextLow],
    [high, high - nextHigh, nextHigh - low],
  ];
  for (const [end, gap, range] of ends) {
    if (Math.abs(end) < 50) continue;
    const isNines = /^(9{2,}(\.9+|\.25)?|3276[78]|65535|214748364[78])$/.test(String(Math.abs(end)));
    const isRound = end % 10 === 0 || /^([1-8])\1\1+$/.test(String(Math.abs(end)));
    if (gap <= (isNines ? 1 : 2) * range) continue;
    if (Math.abs(end) >= 1e15 && gap > 1e6 * range) return end; // what NetCDF fills with
    let times = 0;
    for (const value of values) if (value === end) times++;
    if (times < 0.98 * n && (isNines || (times >= 3 && isRound))) return end;
  }
  return undefined;
}
