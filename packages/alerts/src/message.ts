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

function show(value: unknown): string {
  if (value === undefined || value === null) return '?';
  if (typeof value === 'number') return String(Math.round(value * 1e6) / 1e6);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
