import { compileExpression, type Expression, type Scope } from './expression.js';

/** A text with expressions in `{{…}}`. */
export class Message {
  readonly #parts: ReadonlyArray<string | Expression>;

  /** Throws where what stands between the braces is no expression. */
  constructor(template: string) {
    this.#parts = template
      .split(/\{\{(.*?)\}\}/s)
      .map((part, i) => (i % 2 === 0 ? part : compileExpression(part.trim())));
  }

  /** What an event lacks is shown as `?`: a notification with a hole is better than none. */
  of(scope: Scope): string {
    return this.#parts.map((part) => (typeof part === 'string' ? part : show(part.of(scope)))).join('');
  }
}

/** Whoever publishes decides how long a text is; a thousand alerts of it are to be kept and told. */
const shown_max = 500;

function show(value: unknown): string {
  const text = textOf(value);
  // The first half of a pair alone would be no Unicode.
  return text.length <= shown_max ? text : `${text.slice(0, shown_max - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '?';
  if (typeof value === 'number') return String(Math.round(value * 1e6) / 1e6);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
