// API keys: who may ask for what; made, and ended.
import { useState } from 'react';

import { KeyCreateDocument, KeyRevokeDocument, KeysDocument, type KeysQuery, type Scope } from './gql';
import { useAction, useData } from './api';
import { ago, when } from './format';
import { t } from './i18n';
import { Badge, Card, Confirm, Copy, Empty, Shown, Table, Wrong } from './ui';

type Key = KeysQuery['apiKeys']['nodes'][number];

// scopes are those that a key can have, with the words that the command line and
// tokens use.
const scopes: [Scope, string][] = [
  ['READ', 'registry:read'],
  ['PREDICT', 'predict'],
  ['WRITE', 'registry:write'],
  ['ROLLOUT', 'rollout'],
  ['ADMIN', 'admin'],
];

const word = (scope: Scope) => scopes.find(([s]) => s === scope)?.[1] ?? scope;

export function Keys() {
  const keys = useData(KeysDocument, {}, { every: 10_000 });
  const revoke = useAction(KeyRevokeDocument);
  return (
    <>
      <NewKey />
      <Card title={t('API keys')}>
        <Wrong>{revoke.wrong}</Wrong>
        <Shown of={keys} at={(d) => d.apiKeys}>
          {(found) =>
            found.nodes.length === 0 ? (
              <Empty title={t('No key yet')} />
            ) : (
              <Table
                label={t('API keys')}
                rows={found.nodes}
                id={(k) => k.id}
                columns={[
                  { title: t('Name'), show: (k) => k.name },
                  { title: t('State'), show: (k) => <State of={k} /> },
                  { title: t('Scopes'), show: (k) => k.scopes.map(word).join(', ') },
                  { title: t('Models'), show: (k) => (k.models.length ? k.models.join(', ') : t('all models')), small: true },
                  { title: t('Last used'), show: (k) => k.lastUsedAt && <span title={when(k.lastUsedAt)}>{ago(k.lastUsedAt)}</span>, small: true },
                  { title: t('Made by'), show: (k) => k.creator, small: true },
                  {
                    title: t('End it'),
                    show: (k) =>
                      !k.revokedAt && (
                        <Confirm
                          label={t('Revoke')}
                          question={t('Revoke the key {name}? Whoever uses it is refused from now on, for ever.', { name: k.name })}
                          danger
                          busy={revoke.busy}
                          act={() => void revoke.run({ input: { id: k.id } })}
                        />
                      ),
                  },
                ]}
              />
            )
          }
        </Shown>
      </Card>
    </>
  );
}

function State({ of: k }: { of: Key }) {
  if (k.revokedAt) return <Badge tone="bad">{t('revoked')}</Badge>;
  if (k.expiresAt && new Date(k.expiresAt) <= new Date()) return <Badge tone="warn">{t('expired')}</Badge>;
  return <Badge tone="good">{k.expiresAt ? t('until {when}', { when: when(k.expiresAt) }) : t('good')}</Badge>;
}

function NewKey() {
  const create = useAction(KeyCreateDocument);
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<Scope[]>(['READ', 'PREDICT']);
  const [models, setModels] = useState('');
  const [days, setDays] = useState('');
  const [secret, setSecret] = useState<string>();
  return (
    <Card title={t('New API key')}>
      <form
        className="form"
        onSubmit={(e) => {
          e.preventDefault();
          const patterns = models.split(/[\s,]+/).filter(Boolean);
          const expiresAt = days ? new Date(Date.now() + Number(days) * 86_400_000).toISOString() : undefined;
          void create.run({ input: { name, scopes: chosen, models: patterns, expiresAt } }).then((d) => {
            if (!d) return;
            setSecret(d.apiKeyCreate.secret ?? undefined);
            setName('');
          });
        }}
      >
        <label>
          {t('What it is for')}
          <input required maxLength={100} value={name} onChange={(e) => setName(e.target.value)} />
        </label>
        <fieldset className="chips">
          <legend>{t('Scopes')}</legend>
          {scopes.map(([scope, text]) => (
            <button key={scope} type="button" aria-pressed={chosen.includes(scope)} onClick={() => setChosen(chosen.includes(scope) ? chosen.filter((s) => s !== scope) : [...chosen, scope])}>
              {text}
            </button>
          ))}
        </fieldset>
        <label>
          {t('Models, as in risk-*; all of them when empty')}
          <input value={models} onChange={(e) => setModels(e.target.value)} />
        </label>
        <label>
          {t('Days until it ends; never when empty')}
          <input type="number" min={1} value={days} onChange={(e) => setDays(e.target.value)} />
        </label>
        <div className="buttons">
          <button className="primary" disabled={create.busy || chosen.length === 0}>
            {t('Create')}
          </button>
        </div>
      </form>
      <Wrong>{create.wrong}</Wrong>
      {secret && (
        <p>
          {t('The key, shown this once:')} <code className="break">{secret}</code> <Copy text={secret} />
        </p>
      )}
    </Card>
  );
}
