// One rollout: where it stands, what its gates say and why, and what may be done.
import { RolloutAbortDocument, RolloutApproveDocument, RolloutDocument, RolloutPauseDocument, RolloutPromoteDocument, RolloutResumeDocument, type RolloutQuery } from './gql';
import { useAction, useData } from './api';
import { ago, count, metric, ms, share, when } from './format';
import { t } from './i18n';
import { RolloutBar, statusTone, verdictTone } from './RolloutBar';
import { link, toModel } from './route';
import { Badge, Card, Confirm, Empty, Facts, Shown, Table, Wrong } from './ui';

type Node = Extract<NonNullable<RolloutQuery['node']>, { kind: unknown }>;

export function Rollout({ id }: { id: string }) {
  const rollout = useData(RolloutDocument, { id }, { every: 2000 });
  return (
    <Shown of={rollout} at={(d) => (d.node && 'kind' in d.node ? d.node : undefined)} missing={<Empty title={t('There is no such rollout')} />}>
      {(r) => (
        <>
          <nav className="crumbs" aria-label={t('Path')}>
            <a href={link(['models'])}>{t('Models')}</a> / <a href={toModel(r.model.name)}>{r.model.name}</a> /
          </nav>
          <header className="page">
            <h1>
              {t('Rollout')} <Badge tone={statusTone(r.status)}>{r.status}</Badge> <Badge>{r.kind}</Badge>
            </h1>
            {!r.endedAt && <Controls of={r} />}
          </header>
          {r.why && <p className="lead">{r.why}</p>}
          <Card title={t('Traffic')}>
            <RolloutBar arms={r.arms} />
            {r.steps.length > 0 && (
              <ol className="steps" aria-label={t('Steps')}>
                {r.steps.map((s, i) => (
                  <li key={i} aria-current={i === r.step && !r.endedAt ? 'step' : undefined} className={i < r.step || r.endedAt ? 'done' : undefined}>
                    <b>{share(s.weight / 100)}</b>
                    <span className="hint">{s.approval ? t('waits for a person') : s.duration === '0s' ? '' : s.duration}</span>
                  </li>
                ))}
              </ol>
            )}
          </Card>
          <Evidence of={r} />
          <div className="columns">
            <Card title={t('History')}>
              <ol className="timeline">
                {r.events.nodes.map((e) => (
                  <li key={e.id}>
                    <p>
                      <b>{e.act}</b> {e.why}
                    </p>
                    <p className="hint" title={when(e.createdAt)}>
                      {ago(e.createdAt)} · {e.principal}
                    </p>
                  </li>
                ))}
              </ol>
            </Card>
            <Card title={t('About')}>
              <Facts
                of={[
                  [t('Started'), when(r.createdAt)],
                  [t('By'), r.principal],
                  [t('Reason'), r.reason],
                  [t('Decided'), when(r.decidedAt)],
                  [t('Ended'), when(r.endedAt)],
                  [t('Promoted'), r.promoted],
                ]}
              />
              {r.sampleRatio && (
                <p>
                  <Badge tone={verdictTone(r.sampleRatio.verdict)}>{r.sampleRatio.verdict}</Badge> {t('Sample ratio')}: {r.sampleRatio.why}
                </p>
              )}
            </Card>
          </div>
        </>
      )}
    </Shown>
  );
}

function Controls({ of: r }: { of: Node }) {
  const pause = useAction(RolloutPauseDocument);
  const resume = useAction(RolloutResumeDocument);
  const approve = useAction(RolloutApproveDocument);
  const promote = useAction(RolloutPromoteDocument);
  const abort = useAction(RolloutAbortDocument);
  const input = { id: r.id, ifRevision: r.revision };
  return (
    <div>
      <div className="buttons">
        {r.status === 'RUNNING' && (
          <button type="button" disabled={pause.busy} onClick={() => void pause.run({ input })}>
            {t('Pause')}
          </button>
        )}
        {r.status === 'PAUSED' && r.pause !== 'APPROVAL' && (
          <button type="button" disabled={resume.busy} onClick={() => void resume.run({ input })}>
            {t('Resume')}
          </button>
        )}
        {r.pause === 'APPROVAL' && (
          <button type="button" className="primary" disabled={approve.busy} onClick={() => void approve.run({ input })}>
            {t('Approve')}
          </button>
        )}
        <Confirm label={t('Promote')} question={t('Send all traffic to the candidate now, and make it live?')} busy={promote.busy} act={() => void promote.run({ input })} />
        <Confirm label={t('Abort')} question={t('Send all traffic back to the baseline?')} danger busy={abort.busy} act={() => void abort.run({ input })} />
      </div>
      <Wrong>{pause.wrong ?? resume.wrong ?? approve.wrong ?? promote.wrong ?? abort.wrong}</Wrong>
    </div>
  );
}

function figure(measure: string, value: number | null | undefined): string {
  if (measure === 'P95' || measure === 'P99') return ms(value);
  return measure === 'OUTCOME' ? metric(value) : share(value);
}

function Evidence({ of: r }: { of: Node }) {
  return (
    <Card title={t('Gates')}>
      {r.evidence.length === 0 ? (
        <p className="hint">{r.gates.length ? t('Not measured yet') : t('This rollout has no gates')}</p>
      ) : (
        <Table
          label={t('Gates')}
          rows={r.evidence}
          id={(e, i) => `${e.arm}${i}`}
          columns={[
            { title: t('Verdict'), show: (e) => <Badge tone={verdictTone(e.verdict)}>{e.verdict}</Badge> },
            { title: t('Arm'), show: (e) => e.arm },
            {
              title: t('Gate'),
              show: (e) => `${e.gate.outcome || e.gate.measure} ${e.gate.compare} ${e.gate.bound === 'AT_MOST' ? '≤' : '≥'} ${e.gate.compare === 'RATIO' ? `${metric(e.gate.limit)} ×` : figure(e.gate.measure, e.gate.limit)}`,
            },
            { title: t('Candidate'), number: true, show: (e) => figure(e.gate.measure, e.candidate) },
            { title: t('Baseline'), number: true, show: (e) => figure(e.gate.measure, e.baseline) },
            { title: t('Requests'), number: true, show: (e) => `${count(e.candidateCount)} / ${count(e.baselineCount)}`, small: true },
            { title: t('Why'), show: (e) => e.why, small: true },
          ]}
        />
      )}
    </Card>
  );
}
