import { Environment } from '@marcbachmann/cel-js';

/** What an expression may name: the fields of the event, its place, and in messages `key` and `value`. */
const names = [
  'event_type',
  'timestamp',
  'source',
  'data',
  'correlation_id',
  'user_id',
  'session_id',
  'seq',
  'appended_at',
  'key',
  'value',
] as const;

export type Scope = Readonly<Record<(typeof names)[number], unknown>>;

/** A rule's expression in the Common Expression Language (cel.dev), ready to be asked. Asking never throws. */
export interface Expression {
  readonly text: string;
  /** Its value; undefined where it names a field that this event lacks, or compares what cannot be compared. */
  of(scope: Scope): unknown;
}

/** Long enough for any rule, short enough that no rule file can keep a processor busy. */
const limits = {
  maxAstNodes: 500,
  maxDepth: 50,
  maxListElements: 500,
  maxMapEntries: 50,
  maxCallArguments: 16,
};

const environment = makeEnvironment();

/** Throws the parser's own error, whose message shows the place, where the text is no expression. */
export function compileExpression(text: string): Expression {
  const run = environment.parse(text);
  const { valid, error } = run.check();
  if (!valid) throw error;
  return {
    text,
    of: (scope) => {
      try {
        return run(scope);
      } catch {
        return undefined;
      }
    },
  };
}

/** A number as rules compare it; undefined for what is none. */
export function asNumber(value: unknown): number | undefined {
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

const keyLength_max = 200;

/** What tells one key from another: a text as it is, anything else as people would write it. */
export function asKey(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return text.slice(0, keyLength_max);
}

function makeEnvironment(): Environment {
  const made = new Environment({ limits });
  for (const name of names) made.registerVariable(name, 'dyn');
  // Every number of an event is a double, and nobody wants to write 10000.0 for that.
  const arithmetic: Record<string, (a: number, b: number) => number> = {
    '+': (a, b) => a + b,
    '-': (a, b) => a - b,
    '*': (a, b) => a * b,
    '/': (a, b) => a / b,
  };
  for (const [sign, apply] of Object.entries(arithmetic)) {
    const handler = (a: number | bigint, b: number | bigint) => apply(Number(a), Number(b));
    made.registerOperator(`double ${sign} int`, handler);
    made.registerOperator(`int ${sign} double`, handler);
  }
  return made;
}
