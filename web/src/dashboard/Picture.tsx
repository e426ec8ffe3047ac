// A picture for a tensor: drawn by hand, dropped or chosen as a file, and scaled
// to what the model takes.
import { useEffect, useRef } from 'react';

import { flat, nested, type Picture as Kind } from './form';
import { t } from './i18n';

interface Props {
  id: string;
  name: string;
  rank: number;
  of: Kind;
  value: unknown;
  set: (value: unknown) => void;
}

export function Picture({ id, name, rank, of: p, value, set }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const values = flat(value);
  const plane = p.width * p.height;
  // at is where channel c of a pixel stands among the values.
  const at = (pixel: number, c: number) => (p.first ? c * plane + pixel : pixel * p.channels + c);

  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    const image = context.createImageData(p.width, p.height);
    for (let i = 0; i < plane; i++) {
      for (let c = 0; c < 3; c++) image.data[i * 4 + c] = ((values[at(i, p.channels === 3 ? c : 0)] ?? 0) / p.top) * 255;
      image.data[i * 4 + 3] = 255;
    }
    context.putImageData(image, 0, 0);
  }, [value]);

  function draw(e: React.PointerEvent<HTMLCanvasElement>) {
    if (e.buttons !== 1) return;
    const box = e.currentTarget.getBoundingClientRect();
    const x = ((e.clientX - box.left) / box.width) * p.width - 0.5;
    const y = ((e.clientY - box.top) / box.height) * p.height - 0.5;
    const pen = Math.max(p.width, p.height) / 12;
    const next = [...values];
    for (let i = 0; i < plane; i++) {
      const distance = Math.hypot((i % p.width) - x, Math.floor(i / p.width) - y);
      const ink = Math.max(0, Math.min(1, 1.4 * pen - distance)) * p.top;
      for (let c = 0; c < p.channels; c++) next[at(i, c)] = Math.max(next[at(i, c)] ?? 0, ink);
    }
    set(nested(p, next, rank));
  }

  async function load(file: File | undefined) {
    if (!file) return;
    const bitmap = await createImageBitmap(file, { resizeWidth: p.width, resizeHeight: p.height, resizeQuality: 'high' });
    const context = new OffscreenCanvas(p.width, p.height).getContext('2d');
    if (!context) return;
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, p.width, p.height);
    const next = new Array<number>(plane * p.channels).fill(0);
    for (let i = 0; i < plane; i++) {
      const [r = 0, g = 0, b = 0] = [data[i * 4], data[i * 4 + 1], data[i * 4 + 2]];
      if (p.channels === 3) [r, g, b].forEach((v, c) => (next[at(i, c)] = (v / 255) * p.top));
      else next[at(i, 0)] = ((0.299 * r + 0.587 * g + 0.114 * b) / 255) * p.top;
    }
    set(nested(p, next, rank));
  }

  return (
    <div
      className="picture"
      onDragOver={(e) => e.preventDefault()}
      onDrop={(e) => {
        e.preventDefault();
        void load(e.dataTransfer.files[0]);
      }}
    >
      <canvas ref={canvas} width={p.width} height={p.height} role="img" aria-label={t('{name}: draw here, or drop a picture', { name })} onPointerDown={draw} onPointerMove={draw} />
      <div>
        <p className="hint">
          {t('Draw, or drop a picture')} · {p.width} × {p.height}
          {p.channels === 3 && ' × 3'}
        </p>
        <input id={id} type="file" accept="image/*" onChange={(e) => void load(e.target.files?.[0])} />
        <button type="button" onClick={() => set(nested(p, new Array<number>(plane * p.channels).fill(0), rank))}>
          {t('Clear')}
        </button>
      </div>
    </div>
  );
}
