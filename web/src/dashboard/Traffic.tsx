// How many requests come and how long they take, over time.
import { Chart } from './Chart';
import { ms, rate } from './format';
import { t } from './i18n';
import { Card } from './ui';

type Column = readonly (number | null)[];

interface Series {
  times: Column;
  requests: Column;
  errors: Column;
  p50Ms: Column;
  p95Ms: Column;
  p99Ms: Column;
}

export function Traffic({ of, height }: { of: Series; height?: number }) {
  const s = whole(of);
  const x = s.times as number[];
  const seconds = stepSeconds(x);
  return (
    <div className="pair">
      <Card title={t('Requests per second')}>
        <Chart
          time
          still
          height={height}
          x={x}
          label={t('Requests over time')}
          show={(v) => rate(v)}
          lines={[
            { label: t('requests'), values: s.requests.map((n) => (n ?? 0) / seconds), color: '--line-1', area: true },
            { label: t('errors'), values: s.errors.map((n) => (n ?? 0) / seconds), color: '--bad' },
          ]}
        />
      </Card>
      <Card title={t('Latency')}>
        <Chart
          time
          still
          height={height}
          x={x}
          label={t('Latency over time')}
          show={(v) => ms(v)}
          lines={[
            { label: 'p50', values: s.p50Ms, color: '--line-1' },
            { label: 'p95', values: s.p95Ms, color: '--line-2' },
            { label: 'p99', values: s.p99Ms, color: '--line-3' },
          ]}
        />
      </Card>
    </div>
  );
}

// whole leaves out the last step, which is not over.
function whole(s: Series): Series {
  const n = Math.max(s.times.length - 1, 1);
  return Object.fromEntries(Object.entries(s).map(([name, column]) => [name, Array.isArray(column) ? column.slice(0, n) : column])) as unknown as Series;
}

export function stepSeconds(times: readonly number[]): number {
  return times.length > 1 ? ((times[1] ?? 0) - (times[0] ?? 0)) / 1000 || 10 : 10;
}
