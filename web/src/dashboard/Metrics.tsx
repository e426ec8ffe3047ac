// Many metrics of many versions of many models, by step or by time.
import { useMemo, useRef, useState } from 'react';
import type uPlot from 'uplot';

import { MetricNamesDocument, PickVersionsDocument, SeriesDocument } from './gql';
import { useData } from './api';
import { Chart, lineColor } from './Chart';
import { writeCSV } from './csv';
import { count, metric, real } from './format';
import { t } from './i18n';
import { setParams, toVersion, useRoute } from './route';
import { smooth } from './smooth';
import { Badge, Card, Empty, save, Shown, Tabs } from './ui';
import { useLate } from './Models';

const list = (text: string | null) => (text ? text.split(',').filter(Boolean) : []);

export function Metrics() {
  const { params } = useRoute();
  const ids = list(params.get('ids'));
  const names = useData(MetricNamesDocument, { ids }, { pause: ids.length === 0 });
  const versions = (ids.length ? (names.data?.nodes ?? []) : []).flatMap((n) => (n && 'metrics' in n ? [n] : []));
  const available = [...new Set(versions.flatMap((v) => v.metrics.map((m) => m.name)))].sort();
  const chosen = params.has('names') ? list(params.get('names')) : available.slice(0, 4);
  const toggle = (all: string[], one: string) => (all.includes(one) ? all.filter((x) => x !== one) : [...all, one]).join(',');
  return (
    <>
      <header className="page">
        <h1>{t('Metrics')}</h1>
      </header>
      <Card>
        <VersionPicker chosen={versions.map((v) => ({ id: v.id, label: `${v.model.name} ${v.version}` }))} toggle={(id) => setParams({ ids: toggle(ids, id) || undefined, names: undefined })} />
        {available.length > 0 && (
          <fieldset className="chips">
            <legend>{t('Metrics')}</legend>
            {available.map((name) => (
              <button key={name} type="button" aria-pressed={chosen.includes(name)} onClick={() => setParams({ names: toggle(chosen, name) || ',' })}>
                {name}
              </button>
            ))}
          </fieldset>
        )}
      </Card>
      {ids.length === 0 ? <Empty title={t('Choose versions to draw their metrics')} /> : <Charts ids={ids} names={chosen} />}
    </>
  );
}

// VersionPicker finds versions by the names of their models.
export function VersionPicker({ chosen, toggle, most = 10 }: { chosen: { id: string; label: string }[]; toggle: (id: string) => void; most?: number }) {
  const [search, setSearch] = useState('');
  const late = useLate(search);
  const found = useData(PickVersionsDocument, { search: late || undefined });
  return (
    <div className="picker">
      <div className="chips" role="group" aria-label={t('Chosen versions')}>
        {chosen.map((v, i) => (
          <button key={v.id} type="button" aria-pressed="true" onClick={() => toggle(v.id)} title={t('Leave out')}>
            <svg className="dot" viewBox="0 0 8 8" aria-hidden="true">
              <circle cx="4" cy="4" r="4" fill={lineColor(i)} />
            </svg>
            {v.label} ×
          </button>
        ))}
        {chosen.length < most && (
          <details className="menu">
            <summary>{t('Add a version')}</summary>
            <div>
              <input type="search" aria-label={t('Search models')} placeholder={t('Search models')} value={search} onChange={(e) => setSearch(e.target.value)} />
              {found.data?.models.nodes.map((m) => (
                <p key={m.id}>
                  <b>{m.name}</b>{' '}
                  {m.versions.nodes.map((v) => (
                    <button key={v.id} type="button" aria-pressed={chosen.some((c) => c.id === v.id)} onClick={() => toggle(v.id)}>
                      {v.version}
                    </button>
                  ))}
                </p>
              ))}
            </div>
          </details>
        )}
      </div>
    </div>
  );
}

function Charts({ ids, names }: { ids: string[]; names: string[] }) {
  const { params } = useRoute();
  const axis = params.get('axis') === 'TIME' ? 'TIME' : 'STEP';
  const weight = Number(params.get('smooth') ?? 0);
  const log = params.has('log');
  const series = useData(SeriesDocument, { ids, names, maxPoints: 2000, axis }, { pause: names.filter(Boolean).length === 0 });
  return (
    <>
      <div className="filters">
        <Tabs
          label={t('Axis')}
          tabs={[
            ['STEP', t('By step')],
            ['TIME', t('By time')],
          ]}
          chosen={axis}
          choose={(a) => setParams({ axis: a === 'STEP' ? undefined : a })}
        />
        <label className="check">
          {t('Smoothing')}
          <input type="range" min={0} max={0.98} step={0.02} value={weight} onChange={(e) => setParams({ smooth: e.target.value === '0' ? undefined : e.target.value })} />
          <span className="number">{weight.toFixed(2)}</span>
        </label>
        <label className="check">
          <input type="checkbox" checked={log} onChange={(e) => setParams({ log: e.target.checked ? '1' : undefined })} /> {t('Logarithmic')}
        </label>
        <span className="hint">{t('Drag to zoom, double click to see all')}</span>
      </div>
      <Shown of={series} at={(d) => d.nodes.flatMap((n) => (n && 'metricSeries' in n ? [n] : []))}>
        {(versions) => (
          <div className="charts large">
            {names.filter(Boolean).map((name) => (
              <One key={name} name={name} versions={versions} axis={axis} weight={weight} log={log} />
            ))}
          </div>
        )}
      </Shown>
    </>
  );
}

interface Versioned {
  id: string;
  version: string;
  model: { name: string };
  metricSeries: readonly { name: string; steps: readonly (number | null)[]; times: readonly (number | null)[]; values: readonly unknown[]; sampledFrom: number }[];
}

function One({ name, versions, axis, weight, log }: { name: string; versions: readonly Versioned[]; axis: 'STEP' | 'TIME'; weight: number; log: boolean }) {
  const chart = useRef<uPlot>(null);
  const { x, lines, points, drawn } = useMemo(() => {
    const all = versions.flatMap((v, i) => {
      const s = v.metricSeries.find((one) => one.name === name);
      return s ? [{ label: `${v.model.name} ${v.version}`, v, i, x: (axis === 'STEP' ? s.steps : s.times).map(Number), y: smooth(s.values.map((one) => real(one as number)), weight), from: s.sampledFrom }] : [];
    });
    const xs = [...new Set(all.flatMap((s) => s.x))].sort((a, b) => a - b);
    const place = new Map(xs.map((one, i) => [one, i]));
    return {
      x: xs,
      lines: all.map((s) => {
        const values = new Array<number | null>(xs.length).fill(null);
        s.x.forEach((one, i) => (values[place.get(one) ?? 0] = s.y[i] ?? null));
        return { label: s.label, values, color: `--line-${(s.i % 10) + 1}` };
      }),
      points: all.reduce((sum, s) => sum + s.from, 0),
      drawn: all,
    };
  }, [versions, name, axis, weight]);
  return (
    <Card
      title={name}
      aside={
        <>
          <span className="hint">{t('{n} points', { n: count(points) })}</span>
          <button
            type="button"
            className="quiet"
            onClick={() => save(`${name}.csv`, 'text/csv', writeCSV([['model', 'version', axis === 'STEP' ? 'step' : 'time', name], ...drawn.flatMap((s) => s.x.map((at, i) => [s.v.model.name, s.v.version, at, s.y[i]]))]))}
          >
            CSV
          </button>
          <button
            type="button"
            className="quiet"
            onClick={() => chart.current?.ctx.canvas.toBlob((blob) => blob && save(`${name}.png`, 'image/png', blob))}
          >
            PNG
          </button>
        </>
      }
    >
      {drawn.length === 0 ? <p className="hint">{t('None of the versions has it')}</p> : <Chart x={x} time={axis === 'TIME'} log={log} lines={lines} label={name} height={260} show={metric} handle={(made) => (chart.current = made)} />}
      <p className="hint tags">
        {drawn.map((s) => (
          <a key={s.v.id} href={toVersion(s.v.model.name, s.v.version)}>
            <Badge>{`${s.label}: ${metric(s.y[s.y.length - 1])}`}</Badge>
          </a>
        ))}
      </p>
    </Card>
  );
}
