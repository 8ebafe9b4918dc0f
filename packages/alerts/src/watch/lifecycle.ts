import type { SeenEvent } from '../types.js';
import type { LifecycleCondition } from '../when.js';
import { Keyed } from './keyed.js';
import type { Sighting, Verdict, Watcher } from './watcher.js';

/** What is known of one fire. Times in Unix seconds, on the bus's clock. */
interface Fire {
  fired: { at: number; seq: number; signal_id: string | null } | null;
  executed: { at: number; seq: number; count: number } | null;
  /** Whether it has been said that something is missing. */
  isTold: boolean;
}

/** The types of events that a lifecycle rule looks at. */
export const lifecycleTypes = ['signal_generated', 'fire_command', 'trade_executed'] as const;

/**
 * What is amiss between a fire and its execution. Events may come in any order: what is missing is only said
 * when it has not come within the time given, and taken back when it comes all the same.
 */
export class LifecycleWatcher implements Watcher {
  readonly #condition: LifecycleCondition;
  readonly #fires = new Keyed<Fire>();
  /** When each signal expires, Unix seconds. */
  readonly #expiries = new Keyed<number>();
  deadline = Number.POSITIVE_INFINITY;

  constructor(condition: LifecycleCondition) {
    this.#condition = condition;
  }

  see({ event, at }: Sighting): Verdict[] {
    if (event.event_type === 'signal_generated') return this.#seeSignal(event);
    const id = textOf(event.data.fire_id);
    if (id === null) return [];
    const fire = this.#fires.get(id) ?? { fired: null, executed: null, isTold: false };
    const isExecution = event.event_type === 'trade_executed';
    if (isExecution) {
      const count = (fire.executed?.count ?? 0) + 1;
      fire.executed = { ...(fire.executed ?? { at, seq: event.seq }), count };
    } else {
      fire.fired ??= { at, seq: event.seq, signal_id: textOf(event.data.signal_id) };
    }
    this.#fires.set(id, fire);
    this.deadline = Math.min(this.deadline, at + this.#condition.within_s);
    return this.#judge(id, fire, { event, at, isExecution });
  }

  pass(at: number): Verdict[] {
    const verdicts: Verdict[] = [];
    this.deadline = Number.POSITIVE_INFINITY;
    for (const [key, fire] of this.#fires.entries()) {
      const since = this.#missingSince(fire);
      if (since === null || fire.isTold) continue;
      const due = since + this.#condition.within_s;
      if (due <= at) {
        fire.isTold = true;
        verdicts.push({ key, is: 'true', at: due, value: this.#condition.within_s, event: null });
      } else this.deadline = Math.min(this.deadline, due);
    }
    return verdicts;
  }

  save(): unknown {
    return { fires: this.#fires.save(), expiries: this.#expiries.save() };
  }

  load(saved: unknown): void {
    const { fires, expiries } = saved as { fires: unknown; expiries: unknown };
    this.#fires.load(fires);
    this.#expiries.load(expiries);
    this.deadline = Number.NEGATIVE_INFINITY;
  }

  #seeSignal({ data }: SeenEvent): Verdict[] {
    const id = textOf(data.signal_id);
    if (id !== null && typeof data.expires_at === 'number') this.#expiries.set(id, data.expires_at);
    return [];
  }

  #judge(
    key: string,
    fire: Fire,
    { event, at, isExecution }: { event: SeenEvent; at: number; isExecution: boolean },
  ): Verdict[] {
    const { fault } = this.#condition;
    const happened = (value: number): Verdict[] => [{ key, is: 'happened', at, value, event }];
    if (fault === 'executed_twice') {
      const count = fire.executed?.count ?? 0;
      return isExecution && count > 1 ? happened(count) : [];
    }
    if (fault === 'executed_late') {
      const late_s = this.#lateBy(fire, event);
      return isExecution && late_s > 0 ? happened(late_s) : [];
    }
    // What was missing has come.
    if (!fire.isTold || this.#missingSince(fire) !== null) return [];
    fire.isTold = false;
    return [{ key, is: 'false', at, value: null, event }];
  }

  /** Since when the other half of a fire is missing; null where it is not. */
  #missingSince({ fired, executed }: Fire): number | null {
    const { fault } = this.#condition;
    if (fault === 'not_executed') return executed === null ? (fired?.at ?? null) : null;
    if (fault === 'executed_without_fire') return fired === null ? (executed?.at ?? null) : null;
    return null;
  }

  /** By how many seconds a trade was executed after its signal had expired; by the events' own times. */
  #lateBy({ fired }: Fire, executed: SeenEvent): number {
    const expires_at = fired?.signal_id == null ? undefined : this.#expiries.get(fired.signal_id);
    return expires_at === undefined ? 0 : executed.timestamp - expires_at;
  }
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
