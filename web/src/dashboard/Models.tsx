// All models: search, filter, sort; pages of 50 that follow one another as one scrolls.
import { useEffect, useRef, useState } from 'react';
import { useClient } from 'urql';

import { ModelsDocument, RankingDocument, type ModelsQuery, type ModelWhereInput } from './gql';
import { useData, useSince } from './api';
import { modelsWhere } from './filter';
import { ago, count, metric, ms, rate, share } from './format';
import { t } from './i18n';
import { setParams, toModel, toVersion, useRoute } from './route';
import { Badge, Card, Empty, Shown, Spark, Table, Tags } from './ui';
import { FirstModel } from './Overview';

const page = 50;
type Node = ModelsQuery['models']['nodes'][number];

// useLate follows a value once it rests.
export function useLate<T>(value: T, rest = 250): T {
  const [late, setLate] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setLate(value), rest);
    return () => clearTimeout(timer);
  }, [value, rest]);
  return late;
}

export function Models() {
  const { params } = useRoute();
  const search = params.get('q') ?? '';
  const tag = params.get('tag') ?? '';
  const by = params.get('metric') ?? '';
  return (
    <>
      <header className="page">
        <h1>{t('Models')}</h1>
      </header>
      <Card>
        <div className="filters">
          <input type="search" id="search" aria-label={t('Search models')} placeholder={t('Search models')} value={search} onChange={(e) => setParams({ q: e.target.value })} />
          <input aria-label={t('Tag')} placeholder={t('Tag, or tag=value')} value={tag} onChange={(e) => setParams({ tag: e.target.value })} />
          <input aria-label={t('Rank by metric')} placeholder={t('Rank by metric')} value={by} onChange={(e) => setParams({ metric: e.target.value })} />
          <label className="check">
            <input type="checkbox" checked={params.has('live')} onChange={(e) => setParams({ live: e.target.checked ? '1' : undefined })} /> {t('Live only')}
          </label>
        </div>
        {by ? <Ranking name={by} /> : <List search={search} tag={tag} live={params.has('live')} />}
      </Card>
    </>
  );
}

function List({ search, tag, live }: { search: string; tag: string; live: boolean }) {
  const { params } = useRoute();
  const sort = params.get('sort') ?? 'NAME';
  const direction = params.get('dir') === 'DESC' ? 'DESC' : 'ASC';
  const where = useLate(JSON.stringify(modelsWhere(search, tag, live) ?? null));
  const from = useSince(3_600_000, 60_000);
  const variables = {
    first: page,
    where: (JSON.parse(where) as ModelWhereInput | null) ?? undefined,
    orderBy: [{ field: sort as 'NAME', direction: direction as 'ASC' }],
    from,
  };
  const models = useData(ModelsDocument, variables, { every: 30_000 });
  const more = useMore(variables, JSON.stringify([where, sort, direction]));
  const order = (field: string) => ({ on: sort === field ? (direction as 'ASC') : undefined, set: (dir: string) => setParams({ sort: field, dir }) });
  return (
    <Shown of={models} at={(d) => d.models}>
      {(first) => {
        const rows = [...first.nodes, ...more.nodes];
        const next = more.pages > 0 ? more.next : first.pageInfo.hasNextPage ? first.pageInfo.endCursor : undefined;
        if (rows.length === 0) return where === 'null' ? <FirstModel /> : <Empty title={t('No model matches')} />;
        return (
          <>
            <Table
              label={t('Models')}
              rows={rows}
              id={(m) => m.id}
              columns={[
                { title: t('Model'), sort: order('NAME'), show: (m) => <Name of={m} /> },
                { title: t('Live'), show: (m) => m.liveVersion && <a href={toVersion(m.name, m.liveVersion.version)}>{m.liveVersion.version}</a> },
                { title: t('Versions'), number: true, show: (m) => count(m.versions.totalCount), small: true },
                { title: t('Requests, 1 h'), show: (m) => <Spark values={m.servingSeries?.requests.slice(0, -1).map(Number) ?? []} label={t('Requests over time')} />, small: true },
                { title: t('per second'), number: true, show: (m) => rate(m.serving?.requestsPerSecond) },
                { title: t('Errors'), number: true, show: (m) => share(m.serving?.errorRate), small: true },
                { title: 'p95', number: true, show: (m) => ms(m.serving?.p95Ms), small: true },
                { title: t('Metrics'), show: (m) => <Latest of={m} />, small: true },
                { title: t('Changed'), sort: order('UPDATED_AT'), show: (m) => <time dateTime={m.updatedAt}>{ago(m.updatedAt)}</time>, small: true },
              ]}
            />
            <p className="hint foot">
              {t('{n} of {all}', { n: count(rows.length), all: count(first.totalCount) })}
              {next && <More key={next} ask={() => more.ask(next)} />}
            </p>
          </>
        );
      }}
    </Shown>
  );
}

function Name({ of: m }: { of: Node }) {
  return (
    <>
      <a href={toModel(m.name)}>{m.name}</a> {m.rollout && <Badge tone="info">{m.rollout.kind}</Badge>} <Tags tags={m.tags} />
      {m.description && <p className="hint clip">{m.description.split('\n')[0]?.replace(/^#+\s*/, '')}</p>}
    </>
  );
}

function Latest({ of: m }: { of: Node }) {
  return (
    <span className="tags">
      {m.liveVersion?.metrics.slice(0, 2).map((s) => (
        <span key={s.id} className="pair-of">
          {s.name} <b>{metric(s.last)}</b>
        </span>
      ))}
    </span>
  );
}

// useMore keeps the pages after the first, as long as the question is the same.
function useMore(variables: Parameters<typeof useData<ModelsQuery, never>>[1] | object, key: string) {
  const client = useClient();
  const [state, setState] = useState({ key, nodes: [] as Node[], next: undefined as string | undefined | null, pages: 0 });
  const mine = state.key === key ? state : { key, nodes: [], next: undefined, pages: 0 };
  return {
    ...mine,
    ask: async (after: string) => {
      const { data } = await client.query(ModelsDocument, { ...variables, after } as never).toPromise();
      if (!data) return;
      const { nodes, pageInfo } = data.models;
      setState({ key, nodes: [...mine.nodes, ...nodes], next: pageInfo.hasNextPage ? pageInfo.endCursor : undefined, pages: mine.pages + 1 });
    },
  };
}

// More asks for the next page when it comes into sight.
function More({ ask }: { ask: () => Promise<void> }) {
  const button = useRef<HTMLButtonElement>(null);
  const [busy, setBusy] = useState(false);
  const go = useRef(() => {});
  go.current = () => {
    if (busy) return;
    setBusy(true);
    void ask().finally(() => setBusy(false));
  };
  useEffect(() => {
    const seen = new IntersectionObserver((entries) => entries.some((e) => e.isIntersecting) && go.current(), { rootMargin: '400px' });
    if (button.current) seen.observe(button.current);
    return () => seen.disconnect();
  }, []);
  return (
    <button ref={button} type="button" className="quiet" disabled={busy} onClick={() => go.current()}>
      {t('More')}
    </button>
  );
}

function Ranking({ name }: { name: string }) {
  const { params } = useRoute();
  const direction = params.get('dir') === 'ASC' ? 'ASC' : 'DESC';
  const field = params.get('by') === 'MIN' ? 'MIN' : params.get('by') === 'MAX' ? 'MAX' : 'LAST';
  const metricName = useLate(name);
  const ranking = useData(RankingDocument, { name: metricName, first: page, orderBy: { field, direction } });
  const order = (by: string) => ({ on: field === by ? (direction as 'ASC') : undefined, set: (dir: string) => setParams({ by, dir }) });
  return (
    <Shown of={ranking} at={(d) => d.metricRanking}>
      {(r) =>
        r.nodes.length === 0 ? (
          <Empty title={t('No version has this metric')} />
        ) : (
          <Table
            label={t('Versions by metric')}
            rows={r.nodes}
            id={(s) => s.id}
            columns={[
              { title: t('Version'), show: (s) => <a href={toVersion(s.version.model.name, s.version.version)}>{`${s.version.model.name} ${s.version.version}`}</a> },
              { title: t('Last'), number: true, sort: order('LAST'), show: (s) => metric(s.last) },
              { title: t('Least'), number: true, sort: order('MIN'), show: (s) => metric(s.min) },
              { title: t('Most'), number: true, sort: order('MAX'), show: (s) => metric(s.max) },
              { title: t('Points'), number: true, show: (s) => count(s.count), small: true },
              { title: t('Changed'), show: (s) => ago(s.lastAt), small: true },
            ]}
          />
        )
      }
    </Shown>
  );
}
