// One model: its traffic, versions, aliases and their history, rollouts and card.
import { useState } from 'react';

import { AliasRemoveDocument, AliasSetDocument, ModelArchiveDocument, ModelDocument, ModelRestoreDocument, ModelUpdateDocument, type ModelQuery } from './gql';
import { useAction, useData, useSince } from './api';
import { ago, bytes, count, metric, ms, rate, share, when } from './format';
import { t } from './i18n';
import { Markdown } from './Markdown';
import { RolloutBar, statusTone } from './RolloutBar';
import { RolloutStart } from './RolloutStart';
import { link, toVersion } from './route';
import { Traffic } from './Traffic';
import { Badge, Card, Confirm, Empty, Facts, Shown, Stat, Table, Tags, Wrong } from './ui';

export type ModelNode = NonNullable<ModelQuery['model']>;

export function Model({ name }: { name: string }) {
  const from = useSince(3_600_000, 10_000);
  const model = useData(ModelDocument, { name, from }, { every: 10_000 });
  return (
    <Shown of={model} at={(d) => d.model} missing={<Empty title={t('There is no model {name}', { name })} />}>
      {(m) => (
        <>
          <Head of={m} />
          {m.serving && (
            <dl className="stats">
              <Stat label={t('Requests per second')} value={rate(m.serving.requestsPerSecond)} hint={t('{n} requests in an hour', { n: count(m.serving.requests) })} />
              <Stat label={t('Error rate')} value={share(m.serving.errorRate)} tone={(m.serving.errorRate ?? 0) > 0.05 ? 'bad' : undefined} />
              <Stat label={t('Latency, median')} value={ms(m.serving.p50Ms)} hint={`p95 ${ms(m.serving.p95Ms)} · p99 ${ms(m.serving.p99Ms)}`} />
              <Stat label={t('Cache hits')} value={share(m.serving.cacheHitRate)} />
            </dl>
          )}
          {m.servingSeries && <Traffic of={m.servingSeries} height={180} />}
          <div className="columns">
            <div className="stack">
              <Versions of={m} />
              <About of={m} />
            </div>
            <div className="stack">
              <Aliases of={m} />
              <Rollouts of={m} />
            </div>
          </div>
        </>
      )}
    </Shown>
  );
}

function Head({ of: m }: { of: ModelNode }) {
  const archive = useAction(ModelArchiveDocument);
  const restore = useAction(ModelRestoreDocument);
  return (
    <>
      <nav className="crumbs" aria-label={t('Path')}>
        <a href={link(['models'])}>{t('Models')}</a> /
      </nav>
      <header className="page">
        <h1>
          {m.name} {m.archivedAt && <Badge tone="warn">{t('archived')}</Badge>} <Tags tags={m.tags} />
        </h1>
        <div className="buttons">
          <a className="button" href={link(['predictions'], { model: m.name })}>
            {t('Predictions')}
          </a>
          <a className="button" href={link(['metrics'], { ids: m.versions.nodes.slice(0, 5).map((v) => v.id).join(',') })}>
            {t('Metrics')}
          </a>
          {m.versions.nodes.length > 1 && (
            <a className="button" href={link(['compare'], { ids: m.versions.nodes.slice(0, 2).map((v) => v.id).reverse().join(',') })}>
              {t('Compare versions')}
            </a>
          )}
          {m.archivedAt ? (
            <button type="button" onClick={() => void restore.run({ input: { id: m.id } })}>
              {t('Restore')}
            </button>
          ) : (
            <Confirm label={t('Archive')} question={t('Archive {model}? It no longer answers, and can be restored.', { model: m.name })} danger busy={archive.busy} act={() => void archive.run({ input: { id: m.id } })} />
          )}
        </div>
      </header>
      <Wrong>{archive.wrong ?? restore.wrong}</Wrong>
    </>
  );
}

function Versions({ of: m }: { of: ModelNode }) {
  const [chosen, setChosen] = useState<string[]>([]);
  if (m.versions.nodes.length === 0) {
    return (
      <Card title={t('Versions')}>
        <Empty title={t('No version yet')}>
          <code>{`augur push model.onnx --model ${m.name} --version 1.0.0 --alias live`}</code>
        </Empty>
      </Card>
    );
  }
  const names = [...new Set(m.versions.nodes.flatMap((v) => v.metrics.map((s) => s.name)))].slice(0, 2);
  return (
    <Card
      title={t('Versions')}
      aside={
        chosen.length >= 2 && (
          <a className="button primary" href={link(['compare'], { ids: chosen.join(',') })}>
            {t('Compare {n}', { n: String(chosen.length) })}
          </a>
        )
      }
    >
      <Table
        label={t('Versions')}
        rows={m.versions.nodes}
        id={(v) => v.id}
        columns={[
          {
            title: t('Version'),
            show: (v) => (
              <label className="check">
                <input
                  type="checkbox"
                  aria-label={t('Choose {version}', { version: v.version })}
                  checked={chosen.includes(v.id)}
                  onChange={(e) => setChosen(e.target.checked ? [...chosen, v.id].slice(0, 10) : chosen.filter((id) => id !== v.id))}
                />
                <a href={toVersion(m.name, v.version)}>{v.version}</a>
                {v.aliases.map((a) => (
                  <Badge key={a} tone={a === 'live' ? 'good' : 'info'}>
                    {a}
                  </Badge>
                ))}
                {v.status !== 'READY' && (
                  <Badge tone={statusTone(v.status)} title={v.statusMessage}>
                    {v.status}
                  </Badge>
                )}
              </label>
            ),
          },
          ...names.map((name) => ({ title: name, number: true, small: true, show: (v: ModelNode['versions']['nodes'][number]) => metric(v.metrics.find((s) => s.name === name)?.last) })),
          { title: t('Requests, 24 h'), number: true, show: (v) => count(v.serving?.requests) },
          { title: 'p95', number: true, show: (v) => ms(v.serving?.p95Ms), small: true },
          { title: t('Size'), number: true, show: (v) => bytes(v.artifact.size), small: true },
          { title: t('Registered'), show: (v) => <time dateTime={v.createdAt}>{ago(v.createdAt)}</time>, small: true },
        ]}
      />
    </Card>
  );
}

function Aliases({ of: m }: { of: ModelNode }) {
  const set = useAction(AliasSetDocument);
  const remove = useAction(AliasRemoveDocument);
  const [alias, setAlias] = useState('live');
  const [version, setVersion] = useState('');
  const to = version || m.versions.nodes[0]?.version || '';
  return (
    <Card title={t('Aliases')}>
      <ul className="list">
        {m.aliases.map((a) => (
          <li key={a.id}>
            <Badge tone={a.name === 'live' ? 'good' : 'info'}>{a.name}</Badge>
            <div className="grow">
              → <a href={toVersion(m.name, a.version.version)}>{a.version.version}</a>
            </div>
            <Confirm
              label={t('Remove')}
              question={t('Remove the alias {alias}? Requests that name it are refused until it is set again.', { alias: a.name })}
              danger
              act={() => void remove.run({ input: { model: m.name, alias: a.name, ifRevision: a.revision } })}
            />
          </li>
        ))}
      </ul>
      {m.versions.nodes.length > 0 && (
        <form
          className="inline"
          onSubmit={(e) => {
            e.preventDefault();
            void set.run({ input: { model: m.name, alias, version: to, reason: 'dashboard' } });
          }}
        >
          <input aria-label={t('Alias')} value={alias} onChange={(e) => setAlias(e.target.value)} required size={10} /> →
          <select aria-label={t('Version')} value={to} onChange={(e) => setVersion(e.target.value)}>
            {m.versions.nodes.map((v) => (
              <option key={v.id}>{v.version}</option>
            ))}
          </select>
          <button disabled={set.busy}>{t('Move')}</button>
        </form>
      )}
      <Wrong>{set.wrong ?? remove.wrong}</Wrong>
      {m.aliasHistory.nodes.length > 0 && (
        <>
          <h3>{t('History')}</h3>
          <ol className="timeline">
            {m.aliasHistory.nodes.slice(0, 12).map((e) => (
              <li key={e.id}>
                <p>
                  <b>{e.name}</b> {e.previous && <s>{e.previous.version}</s>} → {e.version ? <a href={toVersion(m.name, e.version.version)}>{e.version.version}</a> : t('removed')}
                </p>
                <p className="hint" title={when(e.createdAt)}>
                  {ago(e.createdAt)} · {e.principal}
                  {e.reason && ` · ${e.reason}`}
                </p>
              </li>
            ))}
          </ol>
        </>
      )}
    </Card>
  );
}

function Rollouts({ of: m }: { of: ModelNode }) {
  return (
    <Card title={t('Rollouts')}>
      {m.rollouts.nodes.length > 0 && (
        <ul className="list">
          {m.rollouts.nodes.map((r) => (
            <li key={r.id}>
              <div className="grow">
                <a href={link(['rollouts', r.id])}>{r.kind}</a> <Badge tone={statusTone(r.status)}>{r.status}</Badge> <span className="hint">{ago(r.createdAt)}</span>
                {r.endedAt ? <p className="hint">{r.why}</p> : <RolloutBar arms={r.arms} />}
              </div>
            </li>
          ))}
        </ul>
      )}
      {m.rollout ? null : m.versions.nodes.length > 1 && m.liveVersion ? <RolloutStart of={m} /> : <p className="hint">{t('A rollout needs a live version and another one.')}</p>}
    </Card>
  );
}

function About({ of: m }: { of: ModelNode }) {
  const update = useAction(ModelUpdateDocument);
  const [draft, setDraft] = useState<string>();
  return (
    <Card
      title={t('Card')}
      aside={
        draft === undefined && (
          <button type="button" className="quiet" onClick={() => setDraft(m.description)}>
            {t('Edit')}
          </button>
        )
      }
    >
      <Facts
        of={[
          [t('Owner'), m.owner],
          [t('Created'), when(m.createdAt)],
          [t('Changed'), when(m.updatedAt)],
        ]}
      />
      {draft === undefined ? (
        m.description ? (
          <Markdown text={m.description} />
        ) : (
          <p className="hint">{t('No description yet')}</p>
        )
      ) : (
        <form
          onSubmit={(e) => {
            e.preventDefault();
            void update.run({ input: { id: m.id, ifRevision: m.revision, description: draft } }).then((done) => done && setDraft(undefined));
          }}
        >
          <textarea aria-label={t('Description, in Markdown')} rows={12} value={draft} onChange={(e) => setDraft(e.target.value)} />
          <Wrong>{update.wrong}</Wrong>
          <div className="buttons">
            <button type="button" onClick={() => setDraft(undefined)}>
              {t('Cancel')}
            </button>
            <button className="primary" disabled={update.busy}>
              {t('Save')}
            </button>
          </div>
        </form>
      )}
    </Card>
  );
}
