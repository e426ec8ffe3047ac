// One version: try it, what it takes and gives, how it was made, how it trained
// and how it serves.
import { MetricsAppendedDocument, SeriesDocument, VersionDocument, type VersionQuery } from './gql';
import { download, fileURL, token, useData, useSince } from './api';
import { Chart } from './Chart';
import { bytes, count, metric, ms, rate, real, shape, share, when } from './format';
import { t } from './i18n';
import { statusTone } from './RolloutBar';
import { link, toModel } from './route';
import { Traffic } from './Traffic';
import { Try } from './Try';
import { Badge, Card, Copy, Empty, Facts, Shown, Stat, Table, Tags } from './ui';
import { useEffect, useMemo } from 'react';
import { useSubscription } from 'urql';

export type VersionNode = NonNullable<VersionQuery['modelVersion']>;

export function Version({ model, version }: { model: string; version: string }) {
  const from = useSince(3_600_000, 10_000);
  const found = useData(VersionDocument, { model, version, from }, { every: 5000 });
  return (
    <Shown of={found} at={(d) => d.modelVersion} missing={<Empty title={t('There is no version {version} of {model}', { model, version })} />}>
      {(v) => (
        <>
          <nav className="crumbs" aria-label={t('Path')}>
            <a href={link(['models'])}>{t('Models')}</a> / <a href={toModel(model)}>{model}</a> /
          </nav>
          <header className="page">
            <h1>
              {v.version} <Badge tone={statusTone(v.status)}>{v.status}</Badge>{' '}
              {v.aliases.map((a) => (
                <Badge key={a} tone={a === 'live' ? 'good' : 'info'}>
                  {a}
                </Badge>
              ))}{' '}
              <Tags tags={v.tags} />
            </h1>
            <div className="buttons">
              <a className="button" href={link(['predictions'], { model, version })}>
                {t('Predictions')}
              </a>
              <a
                className="button"
                href={fileURL(v.artifact.path)}
                download={`${model}-${v.version}.onnx`}
                onClick={(e) => {
                  if (!token()) return;
                  e.preventDefault();
                  void download(v.artifact.path, `${model}-${v.version}.onnx`);
                }}
              >
                {t('Download')} · {bytes(v.artifact.size)}
              </a>
            </div>
          </header>
          {v.statusMessage && <p className="problem">{v.statusMessage}</p>}
          {v.description && <p className="lead">{v.description}</p>}
          <Try model={model} version={v.version} features={v.signature.features} />
          <Serving of={v} />
          <Training of={v} />
          <Signature of={v} />
          <div className="pair">
            <Origin of={v} />
            <Engine of={v} />
          </div>
        </>
      )}
    </Shown>
  );
}

function Serving({ of: v }: { of: VersionNode }) {
  const s = v.serving;
  const series = v.servingSeries;
  if (!s || !series) return null;
  return (
    <>
      <dl className="stats">
        <Stat label={t('Requests per second')} value={rate(s.requestsPerSecond)} hint={t('{n} requests in an hour', { n: count(s.requests) })} />
        <Stat label={t('Error rate')} value={share(s.errorRate)} />
        <Stat label={t('Latency, median')} value={ms(s.p50Ms)} hint={`p95 ${ms(s.p95Ms)} · p99 ${ms(s.p99Ms)}`} />
        <Stat label={t('In a run')} value={ms(s.meanRunMs)} hint={`${t('waited')} ${ms(s.meanQueueMs)}`} />
        <Stat label={t('Cache hits')} value={share(s.cacheHitRate)} hint={s.meanBatchRows ? t('{n} rows in a run', { n: rate(s.meanBatchRows) }) : undefined} />
      </dl>
      {Number(s.requests) > 0 && <Traffic of={series} height={180} />}
    </>
  );
}

// Training charts up to eight metrics by step, and follows new points.
function Training({ of: v }: { of: VersionNode }) {
  const names = v.metrics.slice(0, 8).map((m) => m.name);
  const series = useData(SeriesDocument, { ids: [v.id], names, maxPoints: 500, axis: 'STEP' }, { pause: names.length === 0 });
  const [appended] = useSubscription({ query: MetricsAppendedDocument, variables: { versionId: v.id } });
  useEffect(() => {
    if (appended.data) series.refresh();
  }, [appended.data]);
  const node = series.data?.nodes[0];
  const found = useMemo(() => (node && 'metricSeries' in node ? node.metricSeries : []).map((s) => ({ name: s.name, x: s.steps.map(Number), y: s.values.map(real) })), [node]);
  if (v.metrics.length === 0) return null;
  return (
    <Card title={t('Training metrics')} aside={<a href={link(['metrics'], { ids: v.id })}>{t('Explore')}</a>}>
      <div className="charts">
        {found.map((s) => {
          const summary = v.metrics.find((m) => m.name === s.name);
          return (
            <figure key={s.name}>
              <figcaption>
                {s.name} <b>{metric(summary?.last)}</b> <span className="hint">{`${metric(summary?.min)} … ${metric(summary?.max)}`}</span>
              </figcaption>
              <Chart x={s.x} height={150} label={s.name} lines={[{ label: s.name, values: s.y, color: '--line-1' }]} />
            </figure>
          );
        })}
      </div>
    </Card>
  );
}

function limits(f: VersionNode['signature']['features'][number]): string {
  if (f.oneOf?.length) return f.oneOf.map((v) => (typeof v === 'string' ? v : JSON.stringify(v))).join(' · ');
  if (f.range) return `${f.range.min ?? '−∞'} … ${f.range.max ?? '∞'}`;
  return '';
}

function Signature({ of: v }: { of: VersionNode }) {
  const { features, inputs, outputs } = v.signature;
  return (
    <Card title={t('Signature')}>
      <h3>{t('Features of a row')}</h3>
      <Table
        label={t('Features of a row')}
        rows={features}
        id={(f) => f.name}
        columns={[
          { title: t('Name'), show: (f) => <code>{f.name}</code> },
          { title: t('Type'), show: (f) => <code>{f.dtype + shape(f.shape.length ? f.shape : null)}</code> },
          { title: t('Expected'), show: (f) => limits(f) },
          { title: t('Default'), show: (f) => (f.required ? <Badge>{t('required')}</Badge> : JSON.stringify(f.default)), small: true },
          { title: t('Unit'), show: (f) => f.unit, small: true },
          { title: t('About'), show: (f) => f.description, small: true },
        ]}
      />
      <div className="pair">
        <div>
          <h3>{t('Input tensors')}</h3>
          <Tensors of={inputs} label={t('Input tensors')} />
        </div>
        <div>
          <h3>{t('Outputs')}</h3>
          <Tensors of={outputs} label={t('Outputs')} />
        </div>
      </div>
    </Card>
  );
}

function Tensors({ of, label }: { of: VersionNode['signature']['inputs'] | VersionNode['signature']['outputs']; label: string }) {
  return (
    <Table
      label={label}
      rows={of as VersionNode['signature']['inputs']}
      id={(o) => o.name}
      columns={[
        { title: t('Name'), show: (o) => <code>{o.name}</code> },
        { title: t('Type'), show: (o) => <code>{o.dtype ? o.dtype + shape(o.shape) : o.type}</code> },
      ]}
    />
  );
}

function Origin({ of: v }: { of: VersionNode }) {
  const metadata = Object.keys((v.metadata as object | null) ?? {}).length > 0;
  return (
    <Card title={t('Origin')}>
      <Facts
        of={[
          [t('Registered'), when(v.createdAt)],
          [t('Framework'), v.framework],
          [t('Author'), v.lineage.author],
          [t('Run'), v.lineage.runId],
          [t('Git commit'), v.lineage.gitCommit && <code>{v.lineage.gitCommit}</code>],
          [t('Dataset'), v.lineage.datasetName],
          [t('Dataset digest'), v.lineage.datasetDigest && <code>{v.lineage.datasetDigest}</code>],
          [
            t('Digest'),
            <>
              <code className="break">{v.artifact.digest}</code> <Copy text={v.artifact.digest} />
            </>,
          ],
        ]}
      />
      {metadata && (
        <details>
          <summary>{t('Metadata')}</summary>
          <pre tabIndex={0}>{JSON.stringify(v.metadata, null, 2)}</pre>
        </details>
      )}
    </Card>
  );
}

function Engine({ of: v }: { of: VersionNode }) {
  const e = v.engine;
  return (
    <Card title={t('Engine of this server')}>
      {!e ? (
        <p className="hint">{t('Not loaded here')}</p>
      ) : (
        <Facts
          of={[
            [t('Loaded'), e.loaded ? <Badge tone="good">{ms(e.loadMs)}</Badge> : <Badge tone="bad">{e.loadError ?? t('no')}</Badge>],
            [t('Running, waiting'), `${e.running}, ${e.queued}`],
            [t('Batching'), `${e.batching.why} (≤ ${e.batching.maxRows} × ${e.batching.runners})`],
            [t('Breaker'), <Badge tone={e.breaker.status === 'CLOSED' || e.breaker.status === 'OFF' ? 'good' : 'bad'}>{e.breaker.status}</Badge>],
            [t('Last error'), e.breaker.lastError],
            [t('Cache'), `${count(e.cache.memory)} + ${count(e.cache.shared)} / ${count(e.cache.missed)}`],
          ]}
        />
      )}
    </Card>
  );
}
