// Figures as people read them. None of these ever shows more digits than help.
import { language } from './i18n';

const locale = () => (language() === 'zh' ? 'zh-CN' : 'en-GB');
export const nothing = '–';

// real is a number that JSON may hold as a text: an Int64, or a Double that is
// not finite.
export function real(value: number | string | null | undefined): number {
  return value === null || value === undefined ? NaN : Number(value === 'Infinity' ? Infinity : value === '-Infinity' ? -Infinity : value);
}

export function count(value: number | string | null | undefined): string {
  const n = real(value);
  if (Number.isNaN(n)) return nothing;
  if (Math.abs(n) < 10_000) return new Intl.NumberFormat(locale(), { maximumFractionDigits: 0 }).format(n);
  return new Intl.NumberFormat(locale(), { notation: 'compact', maximumFractionDigits: 1 }).format(n);
}

export function metric(value: number | string | null | undefined): string {
  const n = real(value);
  if (value === null || value === undefined) return nothing;
  if (!Number.isFinite(n)) return String(value);
  if (n !== 0 && (Math.abs(n) < 1e-3 || Math.abs(n) >= 1e6)) return n.toExponential(2);
  return new Intl.NumberFormat(locale(), { maximumSignificantDigits: 4 }).format(n);
}

export function rate(value: number | null | undefined): string {
  if (value === null || value === undefined) return nothing;
  return new Intl.NumberFormat(locale(), value < 10 ? { maximumSignificantDigits: 2 } : { maximumFractionDigits: 0 }).format(value);
}

export function share(value: number | null | undefined): string {
  if (value === null || value === undefined) return nothing;
  const percent = value * 100;
  return `${new Intl.NumberFormat(locale(), { maximumFractionDigits: percent < 1 ? 2 : 1 }).format(percent)} %`;
}

export function ms(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return nothing;
  if (value < 1) return `${Math.round(value * 1000)} µs`;
  if (value < 1000) return `${new Intl.NumberFormat(locale(), { maximumSignificantDigits: 3 }).format(value)} ms`;
  return `${new Intl.NumberFormat(locale(), { maximumSignificantDigits: 3 }).format(value / 1000)} s`;
}

export function bytes(value: number | string): string {
  let n = Number(value);
  for (const unit of ['B', 'kB', 'MB', 'GB']) {
    if (n < 1000) return `${n < 10 && unit !== 'B' ? n.toFixed(1) : Math.round(n)} ${unit}`;
    n /= 1000;
  }
  return `${n.toFixed(1)} TB`;
}

export function when(at: string | null | undefined): string {
  if (!at) return nothing;
  return new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(at));
}

export const minute = (at: number) => new Intl.DateTimeFormat(locale(), { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);
export const day = (at: number) => new Intl.DateTimeFormat(locale(), { day: 'numeric', month: 'short' }).format(at);

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ['second', 60],
  ['minute', 60],
  ['hour', 24],
  ['day', 30],
  ['month', 12],
  ['year', Infinity],
];

// ago is how long something is past, in the largest unit that fits.
export function ago(at: string, now = Date.now()): string {
  let n = (new Date(at).getTime() - now) / 1000;
  for (const [unit, size] of steps) {
    if (Math.abs(n) < size) return new Intl.RelativeTimeFormat(locale(), { numeric: 'auto', style: 'short' }).format(Math.round(n), unit);
    n /= size;
  }
  return nothing;
}

export function shape(dims: readonly { size?: number | null; symbol?: string | null }[] | null | undefined): string {
  return dims ? `[${dims.map((d) => d.size ?? d.symbol ?? '?').join(', ')}]` : '';
}

// least is the place of the one least value; undefined when all are equal.
export function least(values: number[]): number | undefined {
  const finite = values.filter(Number.isFinite);
  if (finite.length < 2) return;
  const min = Math.min(...finite);
  return finite.filter((v) => v === min).length === 1 ? values.indexOf(min) : undefined;
}
