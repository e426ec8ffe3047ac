// Webhooks: who hears of changes, and what became of each delivery.
import { useState } from 'react';

import { WebhookCreateDocument, WebhookDeleteDocument, WebhookRedeliverDocument, WebhooksDocument, WebhookTestDocument, WebhookUpdateDocument, type WebhooksQuery } from './gql';
import { useAction, useData } from './api';
import { ago, nothing } from './format';
import { t } from './i18n';
import { Badge, Card, Confirm, Copy, Empty, Shown, Table, Wrong } from './ui';

type Node = WebhooksQuery['webhooks']['nodes'][number];

export function Webhooks() {
  const webhooks = useData(WebhooksDocument, {}, { every: 5000 });
  const create = useAction(WebhookCreateDocument);
  const [url, setURL] = useState('');
  const [secret, setSecret] = useState<string>();
  return (
    <>
      <Card title={t('New webhook')}>
        <form
          className="inline"
          onSubmit={(e) => {
            e.preventDefault();
            void create.run({ input: { url } }).then((d) => d && setSecret(d.webhookCreate.secret ?? undefined));
          }}
        >
          <input type="url" required aria-label="URL" placeholder="https://example.org/hook" value={url} onChange={(e) => setURL(e.target.value)} />
          <button className="primary" disabled={create.busy}>
            {t('Create')}
          </button>
        </form>
        <Wrong>{create.wrong}</Wrong>
        {secret && (
          <p>
            {t('Its secret, shown this once:')} <code className="break">{secret}</code> <Copy text={secret} />
          </p>
        )}
      </Card>
      <Shown of={webhooks} at={(d) => d.webhooks}>
        {(w) => (w.nodes.length === 0 ? <Empty title={t('No webhook yet')} /> : w.nodes.map((one) => <One key={one.id} of={one} />))}
      </Shown>
    </>
  );
}

function One({ of: w }: { of: Node }) {
  const update = useAction(WebhookUpdateDocument);
  const remove = useAction(WebhookDeleteDocument);
  const test = useAction(WebhookTestDocument);
  const again = useAction(WebhookRedeliverDocument);
  const tone = { PENDING: 'warn', SUCCEEDED: 'good', FAILED: 'bad', CANCELED: 'quiet' } as const;
  return (
    <Card
      title={<code className="break">{w.url}</code>}
      aside={
        <div className="buttons">
          <button type="button" disabled={test.busy} onClick={() => void test.run({ input: { id: w.id } })}>
            {t('Send a test')}
          </button>
          <button type="button" disabled={update.busy} onClick={() => void update.run({ input: { id: w.id, ifRevision: w.revision, enabled: !w.enabled } })}>
            {w.enabled ? t('Disable') : t('Enable')}
          </button>
          <Confirm label={t('Delete')} question={t('Delete this webhook and its deliveries?')} danger act={() => void remove.run({ input: { id: w.id } })} />
        </div>
      }
    >
      <p>
        <Badge tone={w.enabled ? 'good' : 'warn'}>{w.enabled ? t('enabled') : t('disabled')}</Badge> {w.disabledReason} <span className="hint">{w.events.length ? w.events.join(', ') : t('all events')}</span>{' '}
        <span className="hint">{w.models.length ? w.models.join(', ') : t('all models')}</span>
      </p>
      <Wrong>{update.wrong ?? remove.wrong ?? test.wrong ?? again.wrong}</Wrong>
      {w.deliveries.nodes.length > 0 && (
        <Table
          label={t('Deliveries')}
          rows={w.deliveries.nodes}
          id={(d) => d.id}
          columns={[
            { title: t('When'), show: (d) => ago(d.createdAt) },
            { title: t('Event'), show: (d) => <code>{d.event}</code> },
            { title: t('Model'), show: (d) => d.model, small: true },
            { title: t('State'), show: (d) => <Badge tone={tone[d.status]}>{d.status}</Badge> },
            { title: t('Attempts'), number: true, show: (d) => String(d.attemptCount) },
            {
              title: t('Last answer'),
              small: true,
              show: (d) => {
                const last = d.attempts[d.attempts.length - 1];
                return last ? last.error || String(last.status) : nothing;
              },
            },
            {
              title: t('Again'),
              show: (d) =>
                d.status === 'FAILED' && (
                  <button type="button" className="quiet" onClick={() => void again.run({ input: { id: d.id } })}>
                    {t('Send again')}
                  </button>
                ),
            },
          ]}
        />
      )}
    </Card>
  );
}
