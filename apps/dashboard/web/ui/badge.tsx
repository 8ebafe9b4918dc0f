import type { ComponentChildren } from 'preact';

export type Tone = 'ok' | 'warn' | 'bad' | 'info' | 'quiet';

/** The sign beside the word: colour alone says nothing to many. */
const signs: Record<Tone, string> = { ok: '●', warn: '▲', bad: '■', info: '◆', quiet: '○' };

/** A word with its meaning as colour and sign. */
export function Badge({ tone, children }: { tone: Tone; children: ComponentChildren }) {
  return (
    <span class={`badge ${tone}`}>
      <span aria-hidden="true">{signs[tone]} </span>
      {children}
    </span>
  );
}
