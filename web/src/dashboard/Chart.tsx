// A chart of series over one axis: drag to zoom, double click to see all again.
import { useEffect, useRef, useSyncExternalStore } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

import { day, metric, minute } from './format';
import { lone } from './lone';

export interface Line {
  label: string;
  values: readonly (number | null)[];
  color?: string;
  dash?: boolean;
  area?: boolean;
}

interface Props {
  x: readonly number[]; // steps, or milliseconds since 1970
  time?: boolean;
  lines: Line[];
  height?: number;
  log?: boolean;
  label: string;
  show?: (value: number) => string;
  handle?: (chart: uPlot | null) => void;
  still?: boolean; // not zoomed by dragging
}

const palette = ['--line-1', '--line-2', '--line-3', '--line-4', '--line-5', '--line-6', '--line-7', '--line-8', '--line-9', '--line-10'];

export function lineColor(i: number): string {
  return css(palette[i % palette.length] ?? '--line-1');
}

function css(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

export function Chart({ x, time, lines, height = 220, log, label, show = metric, handle, still }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(null);
  const theme = useSyncExternalStore(watchTheme, () => document.documentElement.dataset['theme']);
  const shape = JSON.stringify([lines.map((l) => [l.label, l.color, l.dash, l.area]), time, log, height, still, theme]);

  // Another set of lines or another theme makes another chart; other values only move it.
  useEffect(() => {
    const div = box.current;
    if (!div) return;
    const axis = { stroke: css('--muted'), grid: { stroke: css('--grid'), width: 1 }, ticks: { show: false }, font: '11px system-ui, sans-serif' };
    const made = new uPlot(
      {
        width: Math.max(div.clientWidth, 50),
        height,
        ms: 1,
        padding: [10, 22, 0, 0],
        scales: { x: { time: !!time }, y: { distr: log ? 3 : 1, range: log ? undefined : (_u, min, max) => padded(min, max) } },
        axes: [{ ...axis, size: 28, ...(time ? { values: clock } : {}) }, { ...axis, size: 56, values: (_u, ticks) => ticks.map((v) => (v === null ? '' : show(v))) }],
        cursor: { drag: { x: !still, y: false }, points: { size: 7 }, sync: time ? { key: 'augur' } : undefined },
        legend: { show: lines.length > 1 || !!handle, live: true },
        series: [
          { value: (_u, v) => (v === null ? '' : time ? new Date(v).toLocaleString() : String(v)) },
          ...lines.map((l, i) => {
            const color = l.color ? css(l.color) : lineColor(i);
            return {
              label: l.label,
              stroke: color,
              width: 1.75,
              dash: l.dash ? [4, 4] : undefined,
              fill: l.area ? `${color}26` : undefined,
              spanGaps: !time,
              points: { show: lines.every((one) => one.values.length < 40) ? undefined : false, filter: (u, si, all) => (all ? null : lone(u.data[si] ?? [], !time)) },
              value: (_u: uPlot, v: number | null) => (v === null ? '' : show(v)),
            } satisfies uPlot.Series;
          }),
        ],
      },
      data(x, lines, log),
      div,
    );
    chart.current = made;
    handle?.(made);
    const sizes = new ResizeObserver(() => made.setSize({ width: Math.max(div.clientWidth, 50), height }));
    sizes.observe(div);
    return () => {
      sizes.disconnect();
      handle?.(null);
      chart.current = null;
      made.destroy();
    };
  }, [shape]);

  useEffect(() => {
    const made = chart.current;
    if (!made) return;
    const { min, max } = made.scales['x'] ?? {};
    const old = made.data[0];
    const zoomed = old.length > 0 && min != null && max != null && (min > (old[0] ?? 0) || max < (old[old.length - 1] ?? 0));
    made.setData(data(x, lines, log), !zoomed);
    if (zoomed) made.redraw();
  }, [x, lines, log]);

  return <div className="chart" ref={box} role="img" aria-label={label} />;
}

function data(x: readonly number[], lines: Line[], log?: boolean): uPlot.AlignedData {
  const clean = (v: number | null) => (v === null || !Number.isFinite(v) || (log && v <= 0) ? null : v);
  return [x as number[], ...lines.map((l) => l.values.map(clean))];
}

// watchTheme tells when light becomes dark: a canvas does not follow by itself.
function watchTheme(changed: () => void): () => void {
  const watch = new MutationObserver(changed);
  watch.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  return () => watch.disconnect();
}

// clock writes times as the reader's clock does; days where the axis spans some.
function clock(_u: uPlot, ticks: number[]): string[] {
  const days = (ticks[ticks.length - 1] ?? 0) - (ticks[0] ?? 0) > 2 * 86_400_000;
  return ticks.map((at) => (days ? day(at) : minute(at)));
}

// padded leaves some room around the values, and none below zero where none are.
function padded(min: number | null, max: number | null): [number, number] {
  if (min === null || max === null) return [0, 1];
  const room = (max - min || Math.abs(max) || 1) * 0.08;
  return [min >= 0 && min - room < 0 ? 0 : min - room, max + room];
}
