// A form that a signature makes, the answer to it, and the operation behind it.
import { useMemo, useState } from 'react';

import { PredictDocument, type PredictMutation } from './gql';
import { endpoint, plain } from './api';
import { parseCSV, writeCSV } from './csv';
import { ms } from './format';
import { Field } from './Field';
import { initial, rowsOf, type Feature } from './form';
import { t } from './i18n';
import { operation, predictInput, type Language } from './operation';
import { link } from './route';
import { Badge, Card, Copy, save, Table, Tabs, Wrong } from './ui';
import { useClient } from 'urql';

type Payload = PredictMutation['predict'];

export function Try({ model, version, features, start }: { model: string; version: string; features: readonly Feature[]; start?: Record<string, unknown> }) {
  const client = useClient();
  const [values, setValues] = useState<Record<string, unknown>>(() => ({ ...Object.fromEntries(features.map((f) => [f.name, initial(f)])), ...start }));
  const [mode, setMode] = useState<'row' | 'rows'>('row');
  const [table, setTable] = useState('');
  const [language, setLanguage] = useState<Language>('GraphQL');
  const [answer, setAnswer] = useState<Payload>();
  const [failed, setFailed] = useState<string>();
  const [busy, setBusy] = useState(false);
  const row = useMemo(() => Object.fromEntries(Object.entries(values).filter(([, v]) => v !== undefined)), [values]);
  const rows = useMemo(() => rowsOf(features, parseCSV(table)), [features, table]);
  const asked = mode === 'row' ? { model, version, row } : { model, version, rows };

  async function predict() {
    setBusy(true);
    const { data, error } = await client.mutation(PredictDocument, { input: predictInput(asked) }).toPromise();
    setBusy(false);
    setFailed(error && plain(error));
    setAnswer(data?.predict);
  }
  const wrong = (name: string) => answer?.userErrors.find((e) => e.field?.includes(name))?.message;

  return (
    <Card
      title={t('Try it')}
      aside={
        <Tabs
          label={t('What to ask')}
          tabs={[
            ['row', t('One row')],
            ['rows', t('A table')],
          ]}
          chosen={mode}
          choose={(m) => {
            setMode(m);
            setAnswer(undefined);
          }}
        />
      }
    >
      <form
        className="try"
        onSubmit={(e) => {
          e.preventDefault();
          void predict();
        }}
      >
        <div className="fields">
          {mode === 'row' ? (
            features.map((f) => <Field key={f.name} feature={f} value={values[f.name]} wrong={wrong(f.name)} set={(v) => setValues((all) => ({ ...all, [f.name]: v }))} />)
          ) : (
            <label className="field wide">
              {t('Paste a table with the names of the features in its first line')}
              <textarea rows={8} spellCheck={false} value={table} placeholder={writeCSV([features.map((f) => f.name), features.map((f) => initial(f))]).trim()} onChange={(e) => setTable(e.target.value)} />
            </label>
          )}
          <div className="buttons">
            <button className="primary" disabled={busy || (mode === 'rows' && rows.length === 0)}>
              {mode === 'rows' ? t('Predict {n} rows', { n: String(rows.length) }) : t('Predict')}
            </button>
          </div>
        </div>
        <div className="answer" aria-live="polite">
          <Wrong>{failed}</Wrong>
          {answer && <Answer of={answer} rows={mode === 'rows' ? rows : undefined} />}
          {!answer && !failed && <p className="hint">{t('The answer appears here, with its timing and route.')}</p>}
        </div>
      </form>
      <details className="operation">
        <summary>{t('The operation')}</summary>
        <div className="row">
          <Tabs label={t('Language')} tabs={(['GraphQL', 'curl', 'TypeScript'] as const).map((l) => [l, l] as const)} chosen={language} choose={setLanguage} />
          <Copy text={operation(language, endpoint, asked)} />
        </div>
        <pre tabIndex={0}>{operation(language, endpoint, asked)}</pre>
      </details>
    </Card>
  );
}

function Answer({ of: { prediction: p, userErrors }, rows }: { of: Payload; rows?: Record<string, unknown>[] }) {
  return (
    <>
      {userErrors.length > 0 && (
        <ul className="problem" role="alert">
          {userErrors.map((e, i) => (
            <li key={i}>
              {e.field?.length ? <code>{e.field.join('.')}</code> : e.code} {e.message}
            </li>
          ))}
        </ul>
      )}
      {p && (
        <>
          {rows ? <Rows of={p} rows={rows} /> : <Value of={p.values[0]} />}
          <p className="hint route">
            <Badge tone={p.cache === 'MISS' || p.cache === 'BYPASSED' ? 'quiet' : 'good'}>{p.cache}</Badge> <b>{ms(p.timing.totalMs)}</b> · {t('waited')} {ms(p.timing.queueMs)} · {t('run')} {ms(p.timing.runMs)} · {p.route.reason}{' '}
            {p.route.ref} {p.route.arm} → {p.modelVersion.version} · <a href={link(['predictions', p.id])}>{t('in the log')}</a>
          </p>
        </>
      )}
    </>
  );
}

// Value shows one answer: numbers large, probabilities as bars.
export function Value({ of }: { of: unknown }) {
  if (of === null || of === undefined) return <p className="hint">{t('No answer')}</p>;
  if (typeof of !== 'object') return <output className="big">{String(of)}</output>;
  return (
    <dl className="values">
      {Object.entries(of as Record<string, unknown>).map(([name, v]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{bars(v) ?? <output className={v !== null && typeof v === 'object' ? 'value' : 'big'}>{typeof v === 'number' ? Number(v.toPrecision(7)) : typeof v === 'string' ? v : JSON.stringify(v)}</output>}</dd>
        </div>
      ))}
    </dl>
  );
}

// bars shows numbers from 0 to 1, by place or by name, as probabilities.
function bars(v: unknown) {
  const pairs = v && typeof v === 'object' ? Object.entries(v) : [];
  if (pairs.length < 2 || pairs.length > 30 || !pairs.every(([, p]) => typeof p === 'number' && p >= 0 && p <= 1.0001)) return;
  const top = Math.max(...pairs.map(([, p]) => p as number));
  return (
    <ul className="bars">
      {pairs.map(([name, p]) => (
        <li key={name} className={p === top ? 'top' : undefined}>
          <span>{name}</span>
          <progress max={1} value={p as number} aria-label={name} />
          <span className="number">{(p as number).toFixed(3)}</span>
        </li>
      ))}
    </ul>
  );
}

function Rows({ of: p, rows }: { of: NonNullable<Payload['prediction']>; rows: Record<string, unknown>[] }) {
  const answered = p.values.map((value, i) => ({ row: p.rowIndex[i] ?? i, value: (value ?? {}) as Record<string, unknown> }));
  const names = [...new Set(answered.flatMap((a) => Object.keys(a.value)))];
  return (
    <>
      <Table
        label={t('Answers')}
        rows={answered.slice(0, 200)}
        id={(a) => String(a.row)}
        columns={[
          { title: t('Row'), number: true, show: (a) => a.row + 1 },
          ...names.map((name) => ({ title: name, show: (a: (typeof answered)[number]) => (typeof a.value[name] === 'object' ? JSON.stringify(a.value[name]) : String(a.value[name] ?? '')) })),
        ]}
      />
      <button
        type="button"
        onClick={() => {
          const inputs = [...new Set(rows.flatMap((r) => Object.keys(r)))];
          save('answers.csv', 'text/csv', writeCSV([[...inputs, ...names], ...answered.map((a) => [...inputs.map((n) => rows[a.row]?.[n]), ...names.map((n) => a.value[n])])]));
        }}
      >
        {t('Save as CSV')}
      </button>
    </>
  );
}
