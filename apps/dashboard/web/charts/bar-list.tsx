import type { ComponentChildren } from 'preact';

export interface Bar {
  name: string;
  /** How long the bar is, against the longest. */
  value: number;
  /** What is written at its end. */
  label: ComponentChildren;
  color?: string;
}

/** Names with bars, drawn of boxes: it is read as the list that it is. */
export function BarList({ bars, max }: { bars: readonly Bar[]; max?: number }) {
  const longest = max ?? Math.max(1, ...bars.map(({ value }) => value));
  return (
    <ul class="bars">
      {bars.map(({ name, value, label, color }) => (
        <li key={name}>
          <span class="bar-name">{name}</span>
          <span class="bar-track" aria-hidden="true">
            <span
              class="bar-fill"
              style={{
                width: `${Math.min(100, (value / longest) * 100)}%`,
                ...(color === undefined ? {} : { background: color }),
              }}
            />
          </span>
          <span class="bar-label">{label}</span>
        </li>
      ))}
    </ul>
  );
}
