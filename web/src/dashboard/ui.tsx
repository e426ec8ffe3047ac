// The parts that every page is made of.
import { useEffect, useId, useRef, useState, type ReactNode } from 'react';

import { plain, type Data } from './api';
import { t } from './i18n';
import { nothing } from './format';

export function Card({ title, aside, children, wide }: { title?: ReactNode; aside?: ReactNode; children: ReactNode; wide?: boolean }) {
  const id = useId();
  return (
    <section className={wide ? 'card wide' : 'card'} aria-labelledby={title ? id : undefined}>
      {(title || aside) && (
        <header>
          {title && <h2 id={id}>{title}</h2>}
          {aside && <div className="aside">{aside}</div>}
        </header>
      )}
      {children}
    </section>
  );
}

export function Stat({ label, value, hint, tone, children }: { label: string; value: ReactNode; hint?: ReactNode; tone?: Tone; children?: ReactNode }) {
  return (
    <div className={`stat ${tone ?? ''}`}>
      <dt>{label}</dt>
      <dd>{value}</dd>
      {hint && <dd className="hint">{hint}</dd>}
      {children && <dd className="trend">{children}</dd>}
    </div>
  );
}

export type Tone = 'good' | 'warn' | 'bad' | 'info' | 'quiet';

export function Badge({ tone = 'quiet', children, title }: { tone?: Tone; children: ReactNode; title?: string }) {
  return (
    <span className={`badge ${tone}`} title={title}>
      {children}
    </span>
  );
}

export function Tags({ tags }: { tags: readonly { id: string; key: string; value: string }[] }) {
  return (
    <span className="tags">
      {tags.map((tag) => (
        <Badge key={tag.id}>{tag.value ? `${tag.key}=${tag.value}` : tag.key}</Badge>
      ))}
    </span>
  );
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <svg viewBox="0 0 48 48" aria-hidden="true">
        <path d="M6 24c5-8 11-12 18-12s13 4 18 12c-5 8-11 12-18 12S11 32 6 24z" />
        <circle cx="24" cy="24" r="5" />
      </svg>
      <p>{title}</p>
      {children && <div className="hint">{children}</div>}
    </div>
  );
}

// Shown shows what a query is about once it is there, and until then that it
// loads, or why it does not.
export function Shown<T, P>({ of, at, children, missing }: { of: Data<T>; at: (data: T) => P | null | undefined; children: (part: P) => ReactNode; missing?: ReactNode }) {
  const part = of.data && at(of.data);
  return (
    <>
      {of.error && (
        <div className="problem" role="alert">
          <p>{part ? t('This may be out of date: {why}', { why: plain(of.error) }) : plain(of.error)}</p>
          <button type="button" onClick={of.refresh}>
            {t('Try again')}
          </button>
        </div>
      )}
      {part ? children(part) : of.loading ? <Loading /> : !of.error && (missing ?? <Empty title={t('There is nothing here')} />)}
    </>
  );
}

export function Loading() {
  return (
    <div className="loading" role="status" aria-label={t('Loading')}>
      <i />
      <i />
      <i />
    </div>
  );
}

export function Wrong({ children }: { children: ReactNode }) {
  return children ? (
    <p className="problem" role="alert">
      {children}
    </p>
  ) : null;
}

export interface Column<R> {
  title: string;
  show: (row: R) => ReactNode;
  number?: boolean;
  sort?: { on: 'ASC' | 'DESC' | undefined; set: (to: 'ASC' | 'DESC') => void };
  small?: boolean; // left out on a phone
}

export function Table<R>({ rows, columns, id, label }: { rows: readonly R[]; columns: Column<R>[]; id: (row: R, i: number) => string; label: string }) {
  const of = (c: Column<R>) => [c.number && 'number', c.small && 'small'].filter(Boolean).join(' ') || undefined;
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={label}>
      <table aria-label={label}>
        <thead>
          <tr>
            {columns.map((c) => (
              <th key={c.title} className={of(c)} scope="col" aria-sort={c.sort?.on ? (c.sort.on === 'ASC' ? 'ascending' : 'descending') : undefined}>
                {c.sort ? (
                  <button type="button" className="plain" onClick={() => c.sort?.set(c.sort.on === 'ASC' ? 'DESC' : 'ASC')}>
                    {c.title} <span aria-hidden="true">{c.sort.on === 'ASC' ? '↑' : c.sort.on === 'DESC' ? '↓' : '↕'}</span>
                  </button>
                ) : (
                  c.title
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <tr key={id(row, i)}>
              {columns.map((c) => (
                <td key={c.title} className={of(c)}>
                  {c.show(row) ?? nothing}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function Facts({ of }: { of: [string, ReactNode][] }) {
  return (
    <dl className="facts">
      {of.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value === '' || value === null || value === undefined ? nothing : value}</dd>
        </div>
      ))}
    </dl>
  );
}

// Confirm asks before it does what cannot be undone by a click.
export function Confirm({ label, question, act, danger, busy }: { label: string; question: string; act: () => void; danger?: boolean; busy?: boolean }) {
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <>
      <button type="button" className={danger ? 'danger' : undefined} disabled={busy} onClick={() => dialog.current?.showModal()}>
        {label}
      </button>
      <dialog ref={dialog} aria-label={label}>
        <p>{question}</p>
        <div className="buttons">
          <button type="button" onClick={() => dialog.current?.close()}>
            {t('Cancel')}
          </button>
          <button
            type="button"
            className={danger ? 'danger primary' : 'primary'}
            onClick={() => {
              dialog.current?.close();
              act();
            }}
          >
            {label}
          </button>
        </div>
      </dialog>
    </>
  );
}

export function Copy({ text }: { text: string }) {
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(false), 1500);
    return () => clearTimeout(timer);
  }, [done]);
  return (
    <button
      type="button"
      className="quiet"
      onClick={() => {
        void navigator.clipboard?.writeText(text).then(() => setDone(true));
      }}
    >
      {done ? t('Copied') : t('Copy')}
    </button>
  );
}

export function Tabs<K extends string>({ tabs, chosen, choose, label }: { tabs: readonly (readonly [K, string])[]; chosen: K; choose: (key: K) => void; label: string }) {
  return (
    <div className="tabs" role="group" aria-label={label}>
      {tabs.map(([key, name]) => (
        <button key={key} type="button" aria-pressed={key === chosen} onClick={() => choose(key)}>
          {name}
        </button>
      ))}
    </div>
  );
}

export function save(name: string, type: string, content: BlobPart) {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const a = Object.assign(document.createElement('a'), { href: url, download: name });
  a.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

// Spark is a series as small as a word.
export function Spark({ values, label }: { values: readonly number[]; label: string }) {
  const top = Math.max(...values, 1e-9);
  const n = Math.max(values.length - 1, 1);
  const points = values.map((v, i) => `${((i / n) * 100).toFixed(1)},${(22 - (v / top) * 20).toFixed(1)}`);
  return (
    <svg className="spark" viewBox="0 0 100 24" preserveAspectRatio="none" role="img" aria-label={label}>
      {values.length > 1 && (
        <>
          <path className="area" d={`M0,24 L${points.join(' L')} L100,24 z`} />
          <polyline points={points.join(' ')} vectorEffect="non-scaling-stroke" />
        </>
      )}
    </svg>
  );
}
