// What happens now, on all models and servers.
import { OverviewDocument, type OverviewQuery } from './gql';
import { useData, useSince } from './api';
import { ago, count, ms, nothing, rate, share } from './format';
import { t } from './i18n';
import { link, setParams, toModel, toVersion, useRoute } from './route';
import { Badge, Card, Empty, Shown, Spark, Stat, Table, Tabs } from './ui';
import { RolloutBar, statusTone } from './RolloutBar';
import { Traffic } from './Traffic';

export const windows = [
  ['15m', 15 * 60_000],
  ['1h', 60 * 60_000],
  ['24h', 24 * 60 * 60_000],
  ['168h', 7 * 24 * 60 * 60_000],
] as const;

export function windowOf(params: URLSearchParams) {
  return windows.find(([name]) => name === params.get('window')) ?? windows[1];
}

export function Overview() {
  const { params } = useRoute();
  const [window, length] = windowOf(params);
  const from = useSince(length, 10_000);
  const overview = useData(OverviewDocument, { window, from }, { every: 5000 });
  return (
    <>
      <header className="page">
        <h1>{t('Overview')}</h1>
        <Tabs label={t('Time')} tabs={windows.map(([name]) => [name, name === '168h' ? '7d' : name] as const)} chosen={window} choose={(w) => setParams({ window: w })} />
      </header>
      <Shown of={overview} at={(d) => d}>
        {(d) => (
          <>
            <Figures of={d} />
            <Traffic of={d.servingSeries} />
            <div className="columns">
              <Busiest of={d} />
              <div className="stack">
                <Attention of={d} />
                <Rollouts of={d} />
              </div>
            </div>
          </>
        )}
      </Shown>
    </>
  );
}

function Figures({ of: d }: { of: OverviewQuery }) {
  const s = d.serving;
  return (
    <dl className="stats">
      <Stat label={t('Models')} value={count(d.all.totalCount)} hint={t('{n} live', { n: count(d.live.totalCount) })} />
      <Stat label={t('Requests per second')} value={rate(s.requestsPerSecond)} hint={t('{n} requests', { n: count(s.requests) })}>
        <Spark values={(d.servingSeries.requests as number[]).slice(-61, -1)} label={t('Requests over time')} />
      </Stat>
      <Stat label={t('Error rate')} value={share(s.errorRate)} hint={t('{n} errors', { n: count(s.errors) })} tone={(s.errorRate ?? 0) > 0.05 ? 'bad' : (s.errorRate ?? 0) > 0.01 ? 'warn' : undefined} />
      <Stat label={t('Latency, median')} value={ms(s.p50Ms)} hint={`p95 ${ms(s.p95Ms)} · p99 ${ms(s.p99Ms)}`} />
      <Stat label={t('Cache hits')} value={share(s.cacheHitRate)} hint={s.meanBatchRows ? t('{n} rows in a run', { n: rate(s.meanBatchRows) }) : undefined} />
      <Stat label={t('Rollouts')} value={count(d.rollouts.totalCount)} hint={t('running or paused')} />
    </dl>
  );
}

// Busiest lists the models that changed last, those with most requests first.
function Busiest({ of: d }: { of: OverviewQuery }) {
  const models = [...d.models.nodes].sort((a, b) => (b.serving?.requestsPerSecond ?? 0) - (a.serving?.requestsPerSecond ?? 0));
  return (
    <Card title={t('Models')} aside={<a href={link(['models'])}>{t('All models')}</a>}>
      {models.length === 0 ? (
        <FirstModel />
      ) : (
        <Table
          label={t('Models')}
          rows={models}
          id={(m) => m.id}
          columns={[
            { title: t('Model'), show: (m) => <a href={toModel(m.name)}>{m.name}</a> },
            { title: t('Live'), show: (m) => (m.liveVersion ? <a href={toVersion(m.name, m.liveVersion.version)}>{m.liveVersion.version}</a> : <Badge tone="warn">{t('none')}</Badge>) },
            { title: t('Requests'), show: (m) => <Spark values={m.servingSeries?.requests.slice(0, -1).map(Number) ?? []} label={t('Requests over time')} />, small: true },
            { title: t('per second'), number: true, show: (m) => rate(m.serving?.requestsPerSecond) },
            { title: t('Errors'), number: true, show: (m) => share(m.serving?.errorRate) },
            { title: 'p95', number: true, show: (m) => ms(m.serving?.p95Ms), small: true },
          ]}
        />
      )}
    </Card>
  );
}

export function FirstModel() {
  return (
    <Empty title={t('No model yet')}>
      <p>{t('Register the first one from a shell:')}</p>
      <code>augur push model.onnx --model my-model --version 1.0.0 --alias live</code>
    </Empty>
  );
}

// Attention lists what somebody should look at.
function Attention({ of: d }: { of: OverviewQuery }) {
  const items = d.models.nodes.flatMap((m) => {
    const engine = m.liveVersion?.engine;
    const at = m.liveVersion ? toVersion(m.name, m.liveVersion.version) : toModel(m.name);
    return [
      ...(engine?.loadError ? [{ key: `${m.id}load`, at, tone: 'bad' as const, what: t('{model} could not be loaded', { model: m.name }), why: engine.loadError }] : []),
      ...(engine && engine.breaker.status !== 'CLOSED' && engine.breaker.status !== 'OFF'
        ? [{ key: `${m.id}breaker`, at, tone: 'bad' as const, what: t('The breaker of {model} is open', { model: m.name }), why: engine.breaker.lastError ?? '' }]
        : []),
      ...((m.serving?.errorRate ?? 0) > 0.05 ? [{ key: `${m.id}errors`, at, tone: 'warn' as const, what: t('{model} answers {share} of requests with an error', { model: m.name, share: share(m.serving?.errorRate) }), why: '' }] : []),
    ];
  });
  for (const r of d.rollouts.nodes.filter((one) => one.status === 'PAUSED')) {
    items.push({ key: r.id, at: link(['rollouts', r.id]), tone: 'warn', what: t('The rollout of {model} waits', { model: r.model.name }), why: r.why });
  }
  for (const m of d.idle.nodes) {
    items.push({ key: m.id, at: toModel(m.name), tone: 'warn', what: t('{model} has no live version', { model: m.name }), why: '' });
  }
  return (
    <Card title={t('Needs attention')}>
      {items.length === 0 ? (
        <p className="calm">
          <Badge tone="good">✓</Badge> {t('Nothing')}
        </p>
      ) : (
        <ul className="list">
          {items.map((item) => (
            <li key={item.key}>
              <Badge tone={item.tone}>!</Badge>
              <div>
                <a href={item.at}>{item.what}</a>
                {item.why && <p className="hint">{item.why}</p>}
              </div>
            </li>
          ))}
        </ul>
      )}
      {d.failed.nodes.length > 0 && (
        <>
          <h3>{t('The last errors')}</h3>
          <ul className="list">
            {d.failed.nodes.map((p) => (
              <li key={p.id}>
                <Badge tone="bad">{p.code}</Badge>
                <div>
                  <a href={link(['predictions', p.id])}>{p.modelVersion ? `${p.modelVersion.model.name} ${p.modelVersion.version}` : nothing}</a>{' '}
                  <span className="hint">{ago(p.createdAt)}</span>
                  <p className="hint clip">{p.error?.message}</p>
                </div>
              </li>
            ))}
          </ul>
        </>
      )}
    </Card>
  );
}

function Rollouts({ of: d }: { of: OverviewQuery }) {
  return (
    <Card title={t('Rollouts')}>
      {d.rollouts.nodes.length === 0 ? (
        <p className="calm hint">{t('No traffic is being moved')}</p>
      ) : (
        <ul className="list">
          {d.rollouts.nodes.map((r) => (
            <li key={r.id}>
              <div className="grow">
                <a href={link(['rollouts', r.id])}>{r.model.name}</a> <Badge tone={statusTone(r.status)}>{r.status}</Badge>
                <RolloutBar arms={r.arms} />
              </div>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
