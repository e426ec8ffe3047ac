// One prediction in full: what was asked and answered, by what way; asked again
// of another version; and what came true.
import { useState } from 'react';
import { useClient } from 'urql';

import { OutcomeRecordDocument, PredictDocument, PredictionOneDocument, VersionsByNameDocument, type PredictData, type PredictionOneQuery } from './gql';
import { plain, useAction, useData } from './api';
import { ms, when } from './format';
import { t } from './i18n';
import { link, toVersion } from './route';
import { Value } from './Try';
import { Badge, Card, Empty, Facts, Shown, Wrong } from './ui';

type Node = Extract<NonNullable<PredictionOneQuery['node']>, { code: unknown }>;

export function Prediction({ id }: { id: string }) {
  const found = useData(PredictionOneDocument, { id });
  return (
    <Shown of={found} at={(d) => (d.node && 'code' in d.node ? d.node : undefined)} missing={<Empty title={t('There is no such prediction')}>{t('The log keeps a share of them, for some time.')}</Empty>}>
      {(p) => (
        <>
          <nav className="crumbs" aria-label={t('Path')}>
            <a href={link(['predictions'])}>{t('Predictions')}</a> /
          </nav>
          <header className="page">
            <h1>
              {p.modelVersion && <a href={toVersion(p.modelVersion.model.name, p.modelVersion.version)}>{`${p.modelVersion.model.name} ${p.modelVersion.version}`}</a>} {p.code !== 'OK' ? <Badge tone="bad">{p.code}</Badge> : <Badge tone="good">OK</Badge>}
            </h1>
          </header>
          <Wrong>{p.error && `${p.error.field?.join('.') ?? ''} ${p.error.message}`}</Wrong>
          <div className="pair">
            <Card title={t('Asked')}>
              {p.inputs === null || p.inputs === undefined ? <p className="hint">{t('Inputs are kept for a share of predictions: set predictionLog.inputShare, or logInputShare of the model.')}</p> : <pre tabIndex={0}>{JSON.stringify(p.inputs, null, 2)}</pre>}
            </Card>
            <Card title={t('Answered')}>{p.values?.length === 1 ? <Value of={p.values[0]} /> : p.values ? <pre tabIndex={0}>{JSON.stringify(p.values, null, 2)}</pre> : <p className="hint">{t('The answer was not kept')}</p>}</Card>
            <Card title={t('The way')}>
              <Facts
                of={[
                  [t('When'), when(p.createdAt)],
                  [t('Time'), `${ms(p.timing.totalMs)} (${t('waited')} ${ms(p.timing.queueMs)}, ${t('run')} ${ms(p.timing.runMs)})`],
                  [t('Cache'), p.cache],
                  [t('Route'), p.route && `${p.route.reason} ${p.route.ref}`],
                  [t('Rollout'), p.route?.rollout && <a href={link(['rollouts', p.route.rollout])}>{`${p.route.arm} (${p.route.armReason ?? ''})`}</a>],
                  [t('Subject'), p.subject],
                  [t('Request id'), p.requestId && <code>{p.requestId}</code>],
                  [t('Prediction id'), <code>{p.id}</code>],
                ]}
              />
            </Card>
            <div className="stack">
              <Replay of={p} />
              <Outcome of={p} />
            </div>
          </div>
        </>
      )}
    </Shown>
  );
}

// asked is what was asked, where all of it was kept.
function asked(inputs: unknown): PredictData | undefined {
  const data = inputs as PredictData | null | undefined;
  return data && (data.rows ?? data.columns ?? data.tensors) ? data : undefined;
}

function Replay({ of: p }: { of: Node }) {
  const client = useClient();
  const model = p.modelVersion?.model.name ?? '';
  const versions = useData(VersionsByNameDocument, { model }, { pause: !model });
  const all = versions.data?.model?.versions.nodes ?? [];
  const [version, setVersion] = useState('');
  const [answer, setAnswer] = useState<unknown>();
  const [wrong, setWrong] = useState<string>();
  const data = asked(p.inputs);
  const to = version || (all.find((v) => v.id !== p.modelVersion?.id) ?? all[0])?.version || '';
  if (!data || !model) return null;
  return (
    <Card title={t('Ask another version')}>
      <form
        className="inline"
        onSubmit={(e) => {
          e.preventDefault();
          void client
            .mutation(PredictDocument, { input: { model, version: to, data } })
            .toPromise()
            .then(({ data, error }) => {
              setWrong(error ? plain(error) : data?.predict.userErrors.map((u) => u.message).join('; ') || undefined);
              setAnswer(data?.predict.prediction?.values);
            });
        }}
      >
        <select aria-label={t('Version')} value={to} onChange={(e) => setVersion(e.target.value)}>
          {all.map((v) => (
            <option key={v.id}>{v.version}</option>
          ))}
        </select>
        <button>{t('Ask')}</button>
      </form>
      <Wrong>{wrong}</Wrong>
      {Array.isArray(answer) && (answer.length === 1 ? <Value of={answer[0]} /> : <pre tabIndex={0}>{JSON.stringify(answer, null, 2)}</pre>)}
    </Card>
  );
}

function Outcome({ of: p }: { of: Node }) {
  const record = useAction(OutcomeRecordDocument);
  const [text, setText] = useState('');
  const [bad, setBad] = useState(false);
  return (
    <Card title={t('Outcome')}>
      {p.outcomeAt ? (
        <>
          <pre tabIndex={0}>{JSON.stringify(p.outcome, null, 2)}</pre>
          <p className="hint">{when(p.outcomeAt)}</p>
        </>
      ) : (
        <p className="hint">{t('What came true is not known yet.')}</p>
      )}
      <form
        className="inline"
        onSubmit={(e) => {
          e.preventDefault();
          try {
            void record.run({ input: { predictionId: p.id, outcome: JSON.parse(text) as unknown } });
            setBad(false);
          } catch {
            setBad(true);
          }
        }}
      >
        <input aria-label={t('Outcome, as JSON')} placeholder='{"label": 1}' value={text} onChange={(e) => setText(e.target.value)} required />
        <button disabled={record.busy}>{t('Record')}</button>
      </form>
      <Wrong>{bad ? t('This is not JSON yet') : record.wrong}</Wrong>
    </Card>
  );
}
