// How a rollout divides the traffic, as a bar.
import { lineColor } from './Chart';
import { share } from './format';
import type { Tone } from './ui';

interface Arm {
  name: string;
  weight: number;
  modelVersion?: { version: string } | null;
}

export function RolloutBar({ arms }: { arms: readonly Arm[] }) {
  const part = (weight: number) => share(weight / 100);
  const title = arms.map((a) => `${a.name} ${a.modelVersion?.version ?? ''} ${part(a.weight)}`).join(', ');
  return (
    <>
      <svg className="split" viewBox="0 0 100 4" preserveAspectRatio="none" role="img" aria-label={title}>
        {arms.map((a, i) => {
          const x = arms.slice(0, i).reduce((sum, one) => sum + one.weight, 0);
          return <rect key={a.name} x={x} y="0" width={a.weight} height="4" fill={lineColor(i)} />;
        })}
      </svg>
      <p className="hint arms">
        {arms.map((a, i) => (
          <span key={a.name}>
            <svg className="dot" viewBox="0 0 8 8" aria-hidden="true">
              <circle cx="4" cy="4" r="4" fill={lineColor(i)} />
            </svg>
            {a.name} {a.modelVersion?.version} · {part(a.weight)}
          </span>
        ))}
      </p>
    </>
  );
}

export function statusTone(status: string): Tone {
  return ({ RUNNING: 'info', PAUSED: 'warn', COMPLETED: 'good', ROLLED_BACK: 'bad', READY: 'good', FAILED: 'bad', PENDING: 'warn' } as const)[status] ?? 'quiet';
}

export function verdictTone(verdict: string): Tone {
  return ({ PASS: 'good', FAIL: 'bad', NOT_ENOUGH: 'quiet', UNKNOWN: 'warn' } as const)[verdict] ?? 'quiet';
}
