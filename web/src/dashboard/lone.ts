// lone is where the values stand that no line reaches, which must be drawn as
// points to be seen: those without a neighbour, or, where lines span gaps, the
// only one. It is null where there are none.
export function lone(values: ArrayLike<number | null | undefined>, spanned: boolean): number[] | null {
  const found: number[] = [];
  let some = 0;
  for (let i = 0; i < values.length; i++) {
    if (values[i] == null) continue;
    some++;
    if (spanned ? some === 1 : values[i - 1] == null && values[i + 1] == null) found.push(i);
  }
  return found.length === 0 || (spanned && some > 1) ? null : found;
}
