import type { ComponentChildren } from 'preact';
import type { Tone } from './badge.js';

interface FigureProps {
  label: string;
  value: ComponentChildren;
  /** Beneath, small. */
  note?: ComponentChildren | undefined;
  tone?: Tone | undefined;
}

/** One number that matters, with its name. */
export function Figure({ label, value, note, tone }: FigureProps) {
  return (
    <div class={tone === undefined ? 'figure' : `figure ${tone}`}>
      <dt>{label}</dt>
      <dd>
        <span class="value">{value}</span>
        {note !== undefined && <span class="note">{note}</span>}
      </dd>
    </div>
  );
}

export function Figures({ children }: { children: ComponentChildren }) {
  return <dl class="figures">{children}</dl>;
}
