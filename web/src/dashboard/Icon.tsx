const paths = {
  eye: 'M2 12c3-5 6-7 10-7s7 2 10 7c-3 5-6 7-10 7s-7-2-10-7z M12 9a3 3 0 1 0 0 6a3 3 0 0 0 0-6',
  gauge: 'M4 18a9 9 0 1 1 16 0 M12 14l4-5 M11 15a1.500 1.500 0 1 0 2 0',
  box: 'M12 3l8 4.500v9L12 21l-8-4.500v-9z M4 7.500l8 4.500l8-4.500 M12 12v9',
  chart: 'M4 4v16h16 M7 15l4-5l3 3l5-7',
  columns: 'M4 5h6v14H4z M14 5h6v14h-6z',
  list: 'M8 6h12 M8 12h12 M8 18h12 M4 6h.01 M4 12h.01 M4 18h.01',
  gear: 'M12 9a3 3 0 1 0 0 6a3 3 0 0 0 0-6 M12 2v4 M12 18v4 M2 12h4 M18 12h4 M5 5l3 3 M16 16l3 3 M19 5l-3 3 M8 16l-3 3',
  code: 'M8 7l-5 5l5 5 M16 7l5 5l-5 5 M14 4l-4 16',
  sun: 'M12 8a4 4 0 1 0 0 8a4 4 0 0 0 0-8 M12 2v2 M12 20v2 M2 12h2 M20 12h2 M5 5l1.500 1.500 M17.500 17.500L19 19 M19 5l-1.500 1.500 M6.500 17.500L5 19',
  moon: 'M20 14A8 8 0 1 1 10 4a7 7 0 0 0 10 10z',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
