import { createHash } from 'node:crypto';
import { Alarm } from './alarm.js';
import { describeCondition } from './describe.js';
import { asKey, compileExpression, type Expression } from './expression.js';
import { openSince } from './schedule.js';
import { scopeOf } from './scope.js';
import type { Alert, Rule, SeenEvent } from './types.js';
import { LifecycleWatcher, lifecycleTypes } from './watch/lifecycle.js';
import { MatchWatcher } from './watch/match.js';
import { RateWatcher } from './watch/rate.js';
import { SystemWatcher } from './watch/system.js';
import { ValueWatcher } from './watch/value.js';
import type { Verdict, Watcher } from './watch/watcher.js';

/** What an engine knows, as JSON can carry it. Of a rule that has changed since it was saved nothing is taken over. */
export interface EngineState {
  version: 1;
  /** How late it was, Unix seconds. */
  at?: number;
  rules: Record<string, { hash: string; watcher: unknown; alarm: unknown }>;
}

/** One rule at work. */
interface Watch {
  rule: Rule;
  hash: string;
  where: Expression | null;
  per: Expression | null;
  watcher: Watcher;
  alarm: Alarm;
}

/**
 * Holds events, the passing of time and the system's own figures against rules, and says what is worth an alert.
 *
 * It has no clock and no timers: whoever runs it gives it each event in the order of the log and, whenever
 * `deadline` has come, the time. The same events and times give the same alerts, whether they happen now or are
 * read from the log. Memory is bounded: so many keys a rule, so many samples a key.
 */
export class AlertEngine {
  readonly #watches: Watch[];
  readonly #byType = new Map<string, Watch[]>();
  /** Time never goes back, whatever the clocks say. */
  #now: number;
  #measuredAt = Number.NEGATIVE_INFINITY;

  /** `startedAt`, Unix seconds: what has not come since then is missed from then on. */
  constructor(rules: readonly Rule[], { startedAt }: { startedAt: number }) {
    this.#now = startedAt;
    this.#watches = rules.map((rule) => watchOf(rule, startedAt));
    for (const watch of this.#watches) {
      for (const type of typesOf(watch.rule)) {
        const others = this.#byType.get(type);
        if (others === undefined) this.#byType.set(type, [watch]);
        else others.push(watch);
      }
    }
  }

  /** The event types any rule looks at: nothing else needs to be read. */
  get types(): string[] {
    return [...this.#byType.keys()];
  }

  /** When `pass` may next have something to say, or somewhat earlier; Unix seconds, Infinity for never. */
  get deadline(): number {
    return this.#watches.reduce(
      (soonest, { watcher, alarm }) => Math.min(soonest, watcher.deadline, alarm.deadline),
      Number.POSITIVE_INFINITY,
    );
  }

  /** The next event. `at` is when it counts as having happened: by default when the bus appended it. */
  see(event: SeenEvent, at = event.appended_at): Alert[] {
    const alerts = this.pass(at);
    for (const watch of this.#byType.get(event.event_type) ?? []) {
      const key = keyOf(watch, event);
      if (key === undefined) continue;
      this.#hear(watch, watch.watcher.see({ event, key, at: this.#now }), alerts);
      alerts.push(...watch.alarm.pass(this.#now));
    }
    return alerts;
  }

  /** It is now so late. */
  pass(at: number): Alert[] {
    this.#now = Math.max(this.#now, at);
    const alerts: Alert[] = [];
    for (const watch of this.#watches) {
      const { watcher, alarm } = watch;
      // What was due on the way is said in its order: a window may empty and an alarm ripen in one silence.
      for (let due = dueOf(watch); due <= this.#now; due = dueOf(watch)) {
        const then = Number.isFinite(due) ? due : this.#now;
        if (watcher.deadline <= then) this.#hear(watch, watcher.pass(then), alerts);
        if (alarm.deadline <= then) alerts.push(...alarm.pass(then));
        if (dueOf(watch) <= then) break;
      }
    }
    return alerts.sort((a, b) => a.at - b.at);
  }

  /**
   * What the system measures of itself, by the names of `systemFigures`. The time of this passes for the rules about the
   * system alone: where the log cannot be read, nobody knows what would be missed.
   */
  measure(figures: Readonly<Record<string, number>>, at: number): Alert[] {
    this.#measuredAt = Math.max(this.#measuredAt, this.#now, at);
    const alerts: Alert[] = [];
    for (const watch of this.#watches) {
      if (!(watch.watcher instanceof SystemWatcher)) continue;
      this.#hear(watch, watch.watcher.measure(figures, this.#measuredAt), alerts);
      alerts.push(...watch.alarm.pass(this.#measuredAt));
    }
    return alerts;
  }

  save(): EngineState {
    const rules = this.#watches.map(
      ({ rule, hash, watcher, alarm }) =>
        [rule.name, { hash, watcher: watcher.save(), alarm: alarm.save() }] as const,
    );
    // Written down as it stands: what is remembered goes on changing.
    return JSON.parse(
      JSON.stringify({ version: 1, at: this.#now, rules: Object.fromEntries(rules) }),
    ) as EngineState;
  }

  load(state: EngineState): void {
    // What came while nobody looked counts as of when it came, not all of it as of now.
    if (state.at !== undefined) this.#now = Math.min(this.#now, state.at);
    for (const { rule, hash, watcher, alarm } of this.#watches) {
      const saved = state.rules[rule.name];
      if (saved?.hash !== hash) continue;
      watcher.load(saved.watcher);
      alarm.load(saved.alarm);
    }
  }

  #hear({ rule, alarm }: Watch, verdicts: Verdict[], alerts: Alert[]): void {
    for (const verdict of verdicts) {
      const isOpen = rule.during === null || openSince(rule.during, verdict.at) !== null;
      if (isOpen) alerts.push(...alarm.hear(verdict));
      // What held when the schedule closed holds no more.
      else if (verdict.is !== 'happened') alerts.push(...alarm.hear({ ...verdict, is: 'false' }));
    }
  }
}

function dueOf({ watcher, alarm }: Watch): number {
  return Math.min(watcher.deadline, alarm.deadline);
}

/** The key an event is watched under; undefined where it is none of this rule's. */
function keyOf({ rule, where, per }: Watch, event: SeenEvent): string | undefined {
  if (where === null && per === null) return '';
  const scope = scopeOf(event);
  if (where !== null && where.of(scope) !== true) return undefined;
  const key = per === null ? '' : asKey(per.of(scope));
  const { when } = rule;
  // Who names the keys means those and no others.
  if (when.kind === 'rate' && when.keys.length > 0 && key !== undefined && !when.keys.includes(key))
    return undefined;
  return key;
}

function typesOf({ when }: Rule): readonly string[] {
  if (when.kind === 'system') return [];
  return when.kind === 'lifecycle' ? lifecycleTypes : when.types;
}

function watchOf(rule: Rule, startedAt: number): Watch {
  const { when, per } = rule;
  const where = 'where' in when ? when.where : null;
  return {
    rule,
    hash: createHash('sha256').update(JSON.stringify(rule)).digest('hex'),
    where: where === null ? null : compileExpression(where),
    per: per === null ? null : compileExpression(per),
    watcher: watcherOf(rule, startedAt),
    alarm: new Alarm(rule, describeCondition(rule)),
  };
}

function watcherOf({ when, per, during }: Rule, startedAt: number): Watcher {
  switch (when.kind) {
    case 'match':
      return new MatchWatcher();
    case 'rate':
      return new RateWatcher(when, { startedAt, during, isGrouped: per !== null });
    case 'value':
      return new ValueWatcher(when, compileExpression(when.value));
    case 'lifecycle':
      return new LifecycleWatcher(when);
    case 'system':
      return new SystemWatcher(when);
  }
}
