// The log of predictions, newest first, with its filters.
import { useState } from 'react';
import { useClient } from 'urql';

import { PredictionsDocument, type PredictionRecordWhereInput, type PredictionsQuery } from './gql';
import { useData } from './api';
import { predictionsWhere } from './filter';
import { ago, count, ms, when } from './format';
import { t } from './i18n';
import { useLate } from './Models';
import { link, setParams, toVersion, useRoute } from './route';
import { Badge, Card, Empty, Shown, Table } from './ui';

type Node = PredictionsQuery['predictions']['nodes'][number];
const page = 50;

export function Predictions() {
  const { params } = useRoute();
  const asked = useLate(JSON.stringify({ model: params.get('model') || undefined, version: params.get('version') || undefined, where: predictionsWhere(params) }));
  const field = (name: string, label: string, type = 'text') => (
    <input type={type} aria-label={label} placeholder={label} value={params.get(name) ?? ''} onChange={(e) => setParams({ [name]: e.target.value })} />
  );
  return (
    <>
      <header className="page">
        <h1>{t('Predictions')}</h1>
      </header>
      <Card>
        <div className="filters">
          {field('model', t('Model'))}
          {field('version', t('Version'))}
          <select aria-label={t('State')} value={params.get('state') ?? ''} onChange={(e) => setParams({ state: e.target.value || undefined })}>
            <option value="">{t('All')}</option>
            <option value="answers">{t('Answered')}</option>
            <option value="errors">{t('Errors')}</option>
          </select>
          {field('slow', t('At least so many ms'), 'number')}
          {field('subject', t('Subject'))}
          {field('request', t('Request id'))}
          {field('since', t('Since'), 'datetime-local')}
        </div>
        <Log key={asked} asked={JSON.parse(asked) as Asked} />
      </Card>
    </>
  );
}

interface Asked {
  model?: string;
  version?: string;
  where?: PredictionRecordWhereInput;
}

function Log({ asked }: { asked: Asked }) {
  const client = useClient();
  const log = useData(PredictionsDocument, { first: page, ...asked }, { every: 5000 });
  const [older, setOlder] = useState<{ nodes: Node[]; next: string | null | undefined }>();
  return (
    <Shown of={log} at={(d) => d.predictions}>
      {(first) => {
        const rows = [...first.nodes, ...(older?.nodes ?? []).filter((n) => !first.nodes.some((one) => one.id === n.id))];
        const next = older ? older.next : first.pageInfo.hasNextPage ? first.pageInfo.endCursor : undefined;
        if (rows.length === 0) return <Empty title={t('No prediction matches')} />;
        return (
          <>
            <Table
              label={t('Predictions')}
              rows={rows}
              id={(p) => p.id}
              columns={[
                {
                  title: t('When'),
                  show: (p) => (
                    <a href={link(['predictions', p.id])} title={when(p.createdAt)}>
                      {ago(p.createdAt)}
                    </a>
                  ),
                },
                { title: t('Version'), show: (p) => p.modelVersion && <a href={toVersion(p.modelVersion.model.name, p.modelVersion.version)}>{`${p.modelVersion.model.name} ${p.modelVersion.version}`}</a> },
                { title: t('State'), show: (p) => (p.code !== 'OK' ? <Badge tone="bad">{p.code}</Badge> : p.rowErrors ? <Badge tone="warn">{t('{n} rows failed', { n: count(p.rowErrors) })}</Badge> : <Badge tone="good">OK</Badge>) },
                { title: t('Rows'), number: true, show: (p) => count(p.rows), small: true },
                { title: t('Time'), number: true, show: (p) => ms(p.timing.totalMs) },
                { title: t('Cache'), show: (p) => p.cache && <Badge tone={p.cache === 'MISS' || p.cache === 'BYPASSED' ? 'quiet' : 'good'}>{p.cache}</Badge>, small: true },
                { title: t('Route'), show: (p) => p.route && `${p.route.reason} ${p.route.arm || p.route.ref}`, small: true },
                { title: t('Subject'), show: (p) => p.subject, small: true },
                { title: t('Outcome'), show: (p) => p.outcomeAt && <Badge tone="info">{t('recorded')}</Badge>, small: true },
              ]}
            />
            {next && (
              <button
                type="button"
                onClick={() =>
                  void client
                    .query(PredictionsDocument, { first: page, after: next, ...asked })
                    .toPromise()
                    .then(({ data }) => {
                      if (!data) return;
                      const { nodes, pageInfo } = data.predictions;
                      setOlder({ nodes: [...(older?.nodes ?? []), ...nodes], next: pageInfo.hasNextPage ? pageInfo.endCursor : undefined });
                    })
                }
              >
                {t('Older')}
              </button>
            )}
          </>
        );
      }}
    </Shown>
  );
}
