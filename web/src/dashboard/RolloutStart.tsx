// Starts to move traffic to another version.
import { useState } from 'react';

import { RolloutStartDocument, type RolloutKind } from './gql';
import { useAction } from './api';
import { stepsOf } from './filter';
import { t } from './i18n';
import type { ModelNode } from './Model';
import { link } from './route';
import { Wrong } from './ui';

export function RolloutStart({ of: m }: { of: ModelNode }) {
  const others = m.versions.nodes.filter((v) => v.id !== m.liveVersion?.id && v.status === 'READY');
  const [open, setOpen] = useState(false);
  const [kind, setKind] = useState<RolloutKind>('CANARY');
  const [version, setVersion] = useState(others[0]?.version ?? '');
  const [steps, setSteps] = useState('10 5m\n50 5m\n100');
  const [weight, setWeight] = useState(50);
  const start = useAction(RolloutStartDocument);
  if (!open) {
    return (
      <button type="button" onClick={() => setOpen(true)}>
        {t('Start a rollout')}
      </button>
    );
  }
  return (
    <form
      className="form"
      onSubmit={(e) => {
        e.preventDefault();
        const input = {
          model: m.name,
          kind,
          candidates: [{ version, ...(kind === 'EXPERIMENT' ? { weight } : {}) }],
          ...(kind === 'CANARY' ? { steps: stepsOf(steps) } : {}),
          ...(kind === 'EXPERIMENT' ? { baselineWeight: 100 - weight } : {}),
        };
        void start.run({ input }).then((d) => {
          const id = d?.rolloutStart.rollout?.id;
          if (id) location.hash = link(['rollouts', id]);
        });
      }}
    >
      <label>
        {t('Kind')}
        <select value={kind} onChange={(e) => setKind(e.target.value as RolloutKind)}>
          <option value="CANARY">{t('Canary: step by step')}</option>
          <option value="EXPERIMENT">{t('Experiment: fixed shares')}</option>
          <option value="SHADOW">{t('Shadow: compared, never answered')}</option>
        </select>
      </label>
      <label>
        {t('Candidate')}
        <select value={version} onChange={(e) => setVersion(e.target.value)}>
          {others.map((v) => (
            <option key={v.id}>{v.version}</option>
          ))}
        </select>
      </label>
      {kind === 'CANARY' && (
        <label>
          {t('Steps: percent and duration, one a line; the last stays')}
          <textarea rows={3} value={steps} onChange={(e) => setSteps(e.target.value)} />
        </label>
      )}
      {kind === 'EXPERIMENT' && (
        <label>
          {t('Percent for the candidate')}
          <input type="number" min={1} max={99} value={weight} onChange={(e) => setWeight(Number(e.target.value))} />
        </label>
      )}
      <p className="hint">{t('The gates are the defaults: no more errors than now, and no slower.')}</p>
      <Wrong>{start.wrong}</Wrong>
      <div className="buttons">
        <button type="button" onClick={() => setOpen(false)}>
          {t('Cancel')}
        </button>
        <button className="primary" disabled={start.busy}>
          {t('Start')}
        </button>
      </div>
    </form>
  );
}
