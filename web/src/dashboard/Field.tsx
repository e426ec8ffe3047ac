// The control of one feature.
import { useId, useState } from 'react';

import { control, type Feature } from './form';
import { t } from './i18n';
import { Picture } from './Picture';

interface Props {
  feature: Feature;
  value: unknown;
  set: (value: unknown) => void;
  wrong?: string | undefined;
}

export function Field({ feature, value, set, wrong }: Props) {
  const id = useId();
  const c = control(feature);
  const wide = c.kind === 'picture' || c.kind === 'json';
  return (
    <div className={wide ? 'field wide' : 'field'}>
      <label htmlFor={id}>
        {feature.name} {feature.unit && <span className="hint">{feature.unit}</span>}
        {!feature.required && <span className="hint"> {t('optional')}</span>}
      </label>
      <Control id={id} feature={feature} value={value} set={set} />
      {wrong ? (
        <p className="wrong" role="alert">
          {wrong}
        </p>
      ) : (
        feature.description && <p className="hint">{feature.description}</p>
      )}
    </div>
  );
}

function Control({ id, feature, value, set }: Props & { id: string }) {
  const c = control(feature);
  const number = (text: string) => (text === '' ? undefined : Number(text));
  switch (c.kind) {
    case 'slider':
      return (
        <div className="slider">
          <input type="range" aria-label={feature.name} min={c.min} max={c.max} step={c.step} value={Number(value ?? c.min)} onChange={(e) => set(Number(e.target.value))} />
          <input id={id} type="number" step="any" value={value === undefined ? '' : String(value)} onChange={(e) => set(number(e.target.value))} />
        </div>
      );
    case 'select':
      return (
        <select id={id} value={value === undefined ? '' : JSON.stringify(value)} onChange={(e) => set(e.target.value === '' ? undefined : JSON.parse(e.target.value))}>
          {!feature.required && <option value="" />}
          {c.options.map((o) => (
            <option key={JSON.stringify(o)} value={JSON.stringify(o)}>
              {String(o)}
            </option>
          ))}
        </select>
      );
    case 'switch':
      return <input id={id} type="checkbox" role="switch" checked={value === true} onChange={(e) => set(e.target.checked)} />;
    case 'number':
      return <input id={id} type="number" step="any" value={value === undefined ? '' : String(value)} onChange={(e) => set(number(e.target.value))} />;
    case 'text':
      return <input id={id} value={typeof value === 'string' ? value : ''} onChange={(e) => set(e.target.value)} />;
    case 'picture':
      return <Picture id={id} name={feature.name} rank={feature.shape.length} of={c.picture} value={value} set={set} />;
    case 'json':
      return <JSONField id={id} value={value} set={set} />;
  }
}

function JSONField({ id, value, set }: { id: string; value: unknown; set: (value: unknown) => void }) {
  const [text, setText] = useState(value === undefined ? '' : JSON.stringify(value));
  const [bad, setBad] = useState(false);
  return (
    <>
      <textarea
        id={id}
        rows={4}
        spellCheck={false}
        value={text}
        onChange={(e) => {
          setText(e.target.value);
          try {
            set(e.target.value === '' ? undefined : JSON.parse(e.target.value));
            setBad(false);
          } catch {
            setBad(true);
          }
        }}
      />
      {bad && <p className="wrong">{t('This is not JSON yet')}</p>}
    </>
  );
}
