import { Message } from './message.js';
import { scopeOf } from './scope.js';
import type { Alert, Rule, SeenEvent } from './types.js';
import { Keyed } from './watch/keyed.js';
import type { Verdict } from './watch/watcher.js';

/** Where one key of a rule stands. */
interface Standing {
  /** Since when the condition holds, Unix seconds; null where it does not. */
  since: number | null;
  /** What brought it about. */
  cause: { seq: number | null; correlation_id: string | null; value: number | null };
  state: 'quiet' | 'pending' | 'firing';
  /** Nothing is said before then. */
  quietUntil: number;
  suppressed: number;
}

/**
 * Makes alerts of the verdicts on one rule: an alert fires when its condition has held for as long as the rule
 * says, is resolved when it holds no more, and then keeps quiet for as long as the rule says.
 */
export class Alarm {
  readonly #rule: Rule;
  readonly #message: Message;
  readonly #standings = new Keyed<Standing>();
  deadline = Number.POSITIVE_INFINITY;

  constructor(rule: Rule, defaultMessage: string) {
    this.#rule = rule;
    this.#message = new Message(rule.message ?? defaultMessage);
  }

  hear(verdict: Verdict): Alert[] {
    if (verdict.is === 'happened') return this.#happened(verdict);
    const standing = this.#standings.get(verdict.key);
    if (verdict.is === 'false') return standing === undefined ? [] : this.#ended(standing, verdict);
    return this.#began(standing ?? newStanding(), verdict);
  }

  /** What has now held for long enough. */
  pass(at: number): Alert[] {
    const alerts: Alert[] = [];
    this.deadline = Number.POSITIVE_INFINITY;
    for (const [key, standing] of this.#standings.entries()) {
      if (standing.state !== 'pending') continue;
      const due = this.#dueOf(standing);
      if (due > at) this.deadline = Math.min(this.deadline, due);
      else alerts.push(...this.#fire(key, standing, { at: due, event: null }));
    }
    return alerts;
  }

  save(): unknown {
    return this.#standings.save();
  }

  load(saved: unknown): void {
    this.#standings.load(saved);
    this.deadline = Number.NEGATIVE_INFINITY;
  }

  #happened({ key, at, value, event }: Verdict): Alert[] {
    const standing = this.#standings.get(key) ?? newStanding();
    const cause = causeOf(event, value);
    if (at < standing.quietUntil) {
      this.#standings.set(key, { ...standing, cause, suppressed: standing.suppressed + 1 });
      return [];
    }
    this.#standings.set(key, { ...standing, cause, quietUntil: at + this.#rule.cooldown_s, suppressed: 0 });
    return [this.#alert(key, { ...standing, cause, since: at }, { state: 'happened', at, event })];
  }

  #began(standing: Standing, { key, at, value, event }: Verdict): Alert[] {
    if (standing.since === null) {
      standing.since = at;
      standing.state = 'pending';
    }
    // The newest event is what there is to say.
    if (standing.state === 'pending') standing.cause = causeOf(event, value);
    this.#standings.set(key, standing);
    if (standing.state !== 'pending') return [];
    const due = this.#dueOf(standing);
    if (due <= at) return this.#fire(key, standing, { at: due, event });
    this.deadline = Math.min(this.deadline, due);
    return [];
  }

  #fire(key: string, standing: Standing, { at, event }: { at: number; event: SeenEvent | null }): Alert[] {
    const alert = this.#alert(key, standing, { state: 'firing', at, event });
    standing.state = 'firing';
    standing.quietUntil = at + this.#rule.cooldown_s;
    standing.suppressed = 0;
    return [alert];
  }

  /** When it has held for long enough, and what was said before is long enough ago. */
  #dueOf({ since, quietUntil }: Standing): number {
    return Math.max(since! + this.#rule.for_s, quietUntil);
  }

  #ended(standing: Standing, { key, at, value, event }: Verdict): Alert[] {
    const wasFiring = standing.state === 'firing';
    const wasHeldBack = standing.state === 'pending' && standing.since! + this.#rule.for_s <= at;
    const suppressed = standing.suppressed + (wasHeldBack ? 1 : 0);
    const ended = { ...standing, since: null, state: 'quiet', suppressed } as const;
    if (standing.since !== null) this.#standings.set(key, ended);
    if (!wasFiring) return [];
    const told = { ...standing, cause: { ...standing.cause, value } };
    return [this.#alert(key, told, { state: 'resolved', at, event })];
  }

  #alert(
    key: string,
    { since, cause, suppressed }: Standing,
    { state, at, event }: { state: Alert['state']; at: number; event: SeenEvent | null },
  ): Alert {
    const { name, severity } = this.#rule;
    const text = this.#message.of(scopeOf(event, { key, value: cause.value }));
    return {
      id: [name, key, state, cause.seq ?? since].join('/'),
      rule: name,
      severity,
      state,
      key,
      message: state === 'resolved' ? `over: ${text}` : text,
      at,
      since: since ?? at,
      value: cause.value,
      seq: cause.seq,
      correlation_id: cause.correlation_id,
      suppressed,
    };
  }
}

function newStanding(): Standing {
  return { since: null, cause: causeOf(null, null), state: 'quiet', quietUntil: 0, suppressed: 0 };
}

function causeOf(event: SeenEvent | null, value: number | null): Standing['cause'] {
  return { seq: event?.seq ?? null, correlation_id: event?.correlation_id ?? null, value };
}
