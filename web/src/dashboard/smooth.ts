// smooth is the exponential moving average of a series, corrected for its start
// as TensorBoard does; weight 0 changes nothing, towards 1 flattens. What is not
// finite stays and does not take part.
export function smooth(values: readonly number[], weight: number): number[] {
  if (weight <= 0) return [...values];
  let last = 0;
  let seen = 0;
  return values.map((v) => {
    if (!Number.isFinite(v)) return v;
    last = last * weight + (1 - weight) * v;
    seen++;
    return last / (1 - weight ** seen);
  });
}
