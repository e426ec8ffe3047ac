// Two to ten versions side by side: what differs.
import { CompareDocument, MetricNamesDocument, type CompareQuery } from './gql';
import { useData } from './api';
import { bytes, count, least, metric, ms, real, share, when } from './format';
import { t } from './i18n';
import { VersionPicker } from './Metrics';
import { setParams, toVersion, useRoute } from './route';
import { Card, Empty, Shown } from './ui';
import type { ReactNode } from 'react';

type Comparison = CompareQuery['versionComparison'];

export function Compare() {
  const { params } = useRoute();
  const ids = (params.get('ids') ?? '').split(',').filter(Boolean);
  const chosen = useData(MetricNamesDocument, { ids }, { pause: ids.length === 0 });
  const found = useData(CompareDocument, { ids }, { pause: ids.length < 2 });
  const labels = (ids.length ? (chosen.data?.nodes ?? []) : []).flatMap((n) => (n && 'version' in n ? [{ id: n.id, label: `${n.model.name} ${n.version}` }] : []));
  return (
    <>
      <header className="page">
        <h1>{t('Compare versions')}</h1>
      </header>
      <Card>
        <VersionPicker chosen={labels} toggle={(id) => setParams({ ids: (ids.includes(id) ? ids.filter((one) => one !== id) : [...ids, id]).join(',') || undefined })} />
      </Card>
      {ids.length < 2 ? <Empty title={t('Choose two to ten versions')} /> : <Shown of={found} at={(d) => d.versionComparison}>{(c) => <Tables of={c} />}</Shown>}
    </>
  );
}

interface Line {
  name: string;
  cells: ReactNode[];
  best?: number; // the place of the best
}

function Tables({ of: c }: { of: Comparison }) {
  const serving = c.serving ?? [];
  const lines: Line[] = [
    { name: t('Registered'), cells: c.versions.map((v) => when(v.createdAt)) },
    { name: t('Framework'), cells: c.versions.map((v) => v.framework) },
    { name: t('Size'), cells: c.versions.map((v) => bytes(v.artifact.size)), best: least(c.versions.map((v) => Number(v.artifact.size))) },
    { name: t('Requests, 7 d'), cells: serving.map((s) => count(s.requests)) },
    { name: t('Error rate'), cells: serving.map((s) => share(s.errorRate)), best: least(serving.map((s) => s.errorRate ?? NaN)) },
    { name: t('Latency, median'), cells: serving.map((s) => ms(s.p50Ms)), best: least(serving.map((s) => s.p50Ms ?? NaN)) },
    { name: 'p95', cells: serving.map((s) => ms(s.p95Ms)), best: least(serving.map((s) => s.p95Ms ?? NaN)) },
    { name: 'p99', cells: serving.map((s) => ms(s.p99Ms)), best: least(serving.map((s) => s.p99Ms ?? NaN)) },
  ].filter((line) => line.cells.length > 0);
  const metrics: Line[] = c.metrics.map((m) => ({ name: m.name, cells: m.summaries.map((s, i) => <Relative key={i} value={s?.last} to={m.summaries[0]?.last} first={i === 0} />) }));
  const differences = (all: Comparison['signature']): Line[] => all.map((d) => ({ name: d.path, cells: d.values.map((v) => (v === null ? '–' : typeof v === 'string' ? v : JSON.stringify(v))) }));
  return (
    <>
      <Side title={t('Size and serving')} of={c} lines={lines} />
      <Side title={t('Metrics')} of={c} lines={metrics} none={t('No metrics')} />
      <Side title={t('Signature')} of={c} lines={differences(c.signature)} none={t('They take and give the same')} />
      <Side title={t('Origin')} of={c} lines={differences(c.about)} none={t('No difference')} />
      <Side title={t('Metadata')} of={c} lines={differences(c.metadata)} none={t('No difference')} />
    </>
  );
}

function Relative({ value, to, first }: { value: number | string | null | undefined; to: number | string | null | undefined; first: boolean }) {
  const change = (real(value) - real(to)) / Math.abs(real(to));
  return (
    <>
      {metric(value)} {!first && Number.isFinite(change) && change !== 0 && <span className="hint">{`${change > 0 ? '+' : '−'}${share(Math.abs(change))}`}</span>}
    </>
  );
}

function Side({ title, of: c, lines, none }: { title: string; of: Comparison; lines: Line[]; none?: string }) {
  return (
    <Card title={title}>
      {lines.length === 0 ? (
        <p className="hint">{none}</p>
      ) : (
        <div className="scroll" tabIndex={0} role="region" aria-label={title}>
          <table className="side" aria-label={title}>
            <thead>
              <tr>
                <td />
                {c.versions.map((v) => (
                  <th key={v.id} scope="col">
                    <a href={toVersion(v.model.name, v.version)}>{`${v.model.name} ${v.version}`}</a>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {lines.map((line) => (
                <tr key={line.name}>
                  <th scope="row">{line.name}</th>
                  {line.cells.map((cell, i) => (
                    <td key={i} className={line.best === i ? 'best' : undefined}>
                      {cell}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}
