/** A gradient whose square is not infinite: moments in which there is an infinite one are never numbers again. */
// @ts-ignore: decorator
@inline
export function bounded(g: v128): v128 {
  return f32x4.pmin(f32x4.pmax(g, f32x4.splat(<f32>-1e19)), f32x4.splat(<f32>1e19));
}
