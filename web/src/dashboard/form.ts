// A form from a signature: which control a feature gets, what stands in it first,
// and the row that the values of the controls make.

export interface Dim {
  size?: number | null;
  symbol?: string | null;
}

export interface Feature {
  name: string;
  dtype: string;
  shape: readonly Dim[];
  required: boolean;
  default?: unknown;
  range?: { min?: number | string | null; max?: number | string | null } | null;
  oneOf?: readonly unknown[] | null;
  unit: string;
  description: string;
}

// Picture is how a tensor is drawn: channels first or last, values up to top.
export interface Picture {
  width: number;
  height: number;
  channels: 1 | 3;
  first: boolean;
  top: number;
}

export type Control =
  | { kind: 'slider'; min: number; max: number; step: number }
  | { kind: 'select'; options: readonly unknown[] }
  | { kind: 'switch' }
  | { kind: 'number' }
  | { kind: 'text' }
  | { kind: 'picture'; picture: Picture }
  | { kind: 'json' };

const whole = /^U?INT/;
const numeric = /^(U?INT|FLOAT|BFLOAT)/;

// picture recognises tensors that are pictures by their shape: height, width and
// one or three channels in either order, or a square of at least 8 by 8.
export function picture(feature: Feature): Picture | undefined {
  if (!/^(U?INT8|FLOAT(16|32|64)?)$/.test(feature.dtype)) return;
  const sizes = feature.shape.map((d) => d.size ?? 0);
  const max = feature.range?.max == null ? NaN : Number(feature.range.max);
  const top = Number.isFinite(max) ? max : feature.dtype === 'UINT8' ? 255 : 1;
  const [a = 0, b = 0, c = 0] = sizes;
  if (sizes.length === 1) {
    const side = Math.sqrt(a);
    return Number.isInteger(side) && side >= 8 && feature.range ? { width: side, height: side, channels: 1, first: true, top } : undefined;
  }
  if (sizes.length === 2 && a >= 8 && b >= 8) return { width: b, height: a, channels: 1, first: true, top };
  if (sizes.length !== 3) return;
  if ((a === 1 || a === 3) && b >= 8 && c >= 8) return { width: c, height: b, channels: a, first: true, top };
  if ((c === 1 || c === 3) && a >= 8 && b >= 8) return { width: b, height: a, channels: c, first: false, top };
  return;
}

export function control(feature: Feature): Control {
  const drawn = picture(feature);
  if (drawn) return { kind: 'picture', picture: drawn };
  if (feature.shape.length > 0) return { kind: 'json' };
  if (feature.oneOf?.length) return { kind: 'select', options: feature.oneOf };
  if (feature.dtype === 'BOOL') return { kind: 'switch' };
  if (feature.dtype === 'STRING') return { kind: 'text' };
  if (!numeric.test(feature.dtype)) return { kind: 'json' };
  const min = feature.range?.min == null ? NaN : Number(feature.range.min);
  const max = feature.range?.max == null ? NaN : Number(feature.range.max);
  if (!Number.isFinite(min) || !Number.isFinite(max)) return { kind: 'number' };
  return { kind: 'slider', min, max, step: whole.test(feature.dtype) ? 1 : niceStep(max - min) };
}

// niceStep is a power of ten that divides a range into a hundred steps or more.
function niceStep(range: number): number {
  return range > 0 ? 10 ** Math.floor(Math.log10(range / 100)) : 1;
}

// initial is what a control holds at first. An optional feature without a
// default is left out: undefined.
export function initial(feature: Feature): unknown {
  if (feature.default !== null && feature.default !== undefined) return feature.default;
  const c = control(feature);
  switch (c.kind) {
    case 'slider':
      return feature.required ? round(c.min + Math.round((c.max - c.min) / 2 / c.step) * c.step) : undefined;
    case 'select':
      return feature.required ? c.options[0] : undefined;
    case 'switch':
      return feature.required ? false : undefined;
    case 'number':
      return feature.required ? 1 : undefined;
    case 'text':
      return feature.required ? '' : undefined;
    case 'picture':
      return nested(c.picture, new Float64Array(c.picture.width * c.picture.height * c.picture.channels), feature.shape.length);
    case 'json':
      return feature.required ? zeros(feature.shape, feature.dtype) : undefined;
  }
}

export const round = (v: number) => Number(v.toPrecision(12));

function zeros(shape: readonly Dim[], dtype: string): unknown {
  const [first, ...rest] = shape;
  if (!first) return dtype === 'STRING' ? '' : dtype === 'BOOL' ? false : 0;
  return Array.from({ length: first.size ?? 1 }, () => zeros(rest, dtype));
}

// nested gives values, in the order of the tensor, the shape of the feature.
export function nested(p: Picture, values: ArrayLike<number>, rank: number): unknown {
  const flat = Array.from(values);
  if (rank === 1) return flat;
  const cut = (list: unknown[], size: number) => Array.from({ length: list.length / size }, (_, i) => list.slice(i * size, (i + 1) * size));
  if (rank === 2) return cut(flat, p.width);
  return p.first ? cut(cut(flat, p.width), p.height) : cut(cut(flat, p.channels), p.width);
}

// flat undoes nested.
export function flat(value: unknown): number[] {
  return Array.isArray(value) ? (value.flat(Infinity) as number[]) : [];
}

// cell reads a cell of a table as a feature's value; text that is no such value
// is kept, so that the server says what it expected.
export function cell(feature: Feature | undefined, text: string): unknown {
  if (text === '') return undefined;
  if (!feature || feature.dtype === 'STRING') return text;
  if (feature.shape.length > 0) {
    try {
      return JSON.parse(text);
    } catch {
      return text;
    }
  }
  if (feature.dtype === 'BOOL') return /^true$/i.test(text) ? true : /^false$/i.test(text) ? false : text;
  // Whole numbers beyond what a JavaScript number holds stay text: the server reads it.
  const n = Number(text);
  return Number.isFinite(n) && (!whole.test(feature.dtype) || Number.isSafeInteger(n)) ? n : text;
}

// rowsOf makes rows of a table whose first line names the features.
export function rowsOf(features: readonly Feature[], table: string[][]): Record<string, unknown>[] {
  const [head = [], ...body] = table;
  const known = new Map(features.map((f) => [f.name, f]));
  return body.map((line) =>
    Object.fromEntries(head.map((name, i) => [name.trim(), cell(known.get(name.trim()), line[i] ?? '')] as const).filter(([, v]) => v !== undefined)),
  );
}
