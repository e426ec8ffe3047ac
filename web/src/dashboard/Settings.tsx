// What runs the server: its health, keys, webhooks and their deliveries, the audit trail.
import { useState } from 'react';

import { AuditDocument, ServerDocument } from './gql';
import { signIn, token, useData } from './api';
import { ago, when } from './format';
import { t } from './i18n';
import { Keys } from './Keys';
import { useLate } from './Models';
import { link, useRoute } from './route';
import { Badge, Card, Empty, Facts, Shown, Table } from './ui';
import { Webhooks } from './Webhooks';

export function Settings() {
  const { path } = useRoute();
  const part = path[1] ?? 'health';
  const parts = [
    ['health', t('Health')],
    ['keys', t('API keys')],
    ['webhooks', t('Webhooks')],
    ['audit', t('Audit trail')],
    ['access', t('Access')],
  ] as const;
  return (
    <>
      <header className="page">
        <h1>{t('Settings')}</h1>
        <nav className="tabs" aria-label={t('Settings')}>
          {parts.map(([key, name]) => (
            <a key={key} href={link(['settings', key])} aria-current={key === part ? 'page' : undefined}>
              {name}
            </a>
          ))}
        </nav>
      </header>
      {part === 'health' && <Health />}
      {part === 'keys' && <Keys />}
      {part === 'webhooks' && <Webhooks />}
      {part === 'audit' && <Audit />}
      {part === 'access' && <Access />}
    </>
  );
}

function Health() {
  const server = useData(ServerDocument, {}, { every: 5000 });
  return (
    <Shown of={server} at={(d) => d.server}>
      {(s) => (
        <>
          <Card title={t('This server')}>
            <Facts
              of={[
                [t('Ready'), <Badge tone={s.health.ready ? 'good' : 'bad'}>{s.health.ready ? t('yes') : t('no')}</Badge>],
                [t('Missing'), s.health.missing.join(', ')],
                [t('Could not be loaded'), s.health.failed.join(', ')],
                ['Augur', s.version],
                ['ONNX Runtime', s.onnxruntimeVersion],
                [t('Database'), s.database],
                [t('Started'), when(s.startedAt)],
              ]}
            />
          </Card>
          <Card title={t('Backends')}>
            <Table
              label={t('Backends')}
              rows={s.health.backends}
              id={(b) => b.name}
              columns={[
                { title: t('Name'), show: (b) => b.name },
                { title: t('State'), show: (b) => <Badge tone={b.up ? 'good' : b.required ? 'bad' : 'warn'}>{b.up ? t('up') : t('down')}</Badge> },
                { title: t('Needed'), show: (b) => (b.required ? t('yes') : t('predictions go on without it')), small: true },
                { title: t('Problem'), show: (b) => b.problem },
              ]}
            />
          </Card>
        </>
      )}
    </Shown>
  );
}

function Audit() {
  const [model, setModel] = useState('');
  const [principal, setPrincipal] = useState('');
  const where = useLate(JSON.stringify({ ...(model ? { model } : {}), ...(principal ? { principal } : {}) }));
  const [pages, setPages] = useState(1);
  const audit = useData(AuditDocument, { first: Math.min(pages * 50, 100), where: JSON.parse(where) as object });
  return (
    <Card title={t('Audit trail')}>
      <div className="filters">
        <input aria-label={t('Model')} placeholder={t('Model')} value={model} onChange={(e) => setModel(e.target.value)} />
        <input aria-label={t('Principal')} placeholder={t('Principal')} value={principal} onChange={(e) => setPrincipal(e.target.value)} />
      </div>
      <Shown of={audit} at={(d) => d.auditEvents}>
        {(events) =>
          events.nodes.length === 0 ? (
            <Empty title={t('Nothing was written')} />
          ) : (
            <>
              <Table
                label={t('Audit trail')}
                rows={events.nodes}
                id={(e) => e.id}
                columns={[
                  {
                    title: t('When'),
                    show: (e) => (
                      <time dateTime={e.createdAt} title={when(e.createdAt)}>
                        {ago(e.createdAt)}
                      </time>
                    ),
                  },
                  { title: t('Principal'), show: (e) => e.principal },
                  { title: t('Action'), show: (e) => <code>{e.action}</code> },
                  { title: t('Model'), show: (e) => e.model },
                  {
                    title: t('What'),
                    small: true,
                    show: (e) => (
                      <details>
                        <summary>{e.subjectId}</summary>
                        <pre tabIndex={0}>{JSON.stringify({ before: e.before, after: e.after }, null, 2)}</pre>
                      </details>
                    ),
                  },
                ]}
              />
              {events.pageInfo.hasNextPage && pages < 2 && (
                <button type="button" onClick={() => setPages(pages + 1)}>
                  {t('Older')}
                </button>
              )}
            </>
          )
        }
      </Shown>
    </Card>
  );
}

function Access() {
  const server = useData(ServerDocument, {});
  return (
    <Card title={t('Access')}>
      <Shown of={server} at={(d) => d.viewer}>
        {(v) => (
          <Facts
            of={[
              [t('Name'), v.name],
              [t('Scopes'), v.scopes.join(', ')],
            ]}
          />
        )}
      </Shown>
      <SignIn />
    </Card>
  );
}

// SignIn takes an API key or a JSON Web Token; this browser keeps it.
export function SignIn() {
  const [value, setValue] = useState('');
  return (
    <form
      className="inline"
      onSubmit={(e) => {
        e.preventDefault();
        signIn(value.trim());
      }}
    >
      <input type="password" autoComplete="off" aria-label={t('API key or token')} placeholder={t('API key or token')} value={value} onChange={(e) => setValue(e.target.value)} required />
      <button className="primary">{t('Sign in')}</button>
      {token() && (
        <button type="button" onClick={() => signIn('')}>
          {t('Sign out')}
        </button>
      )}
    </form>
  );
}
