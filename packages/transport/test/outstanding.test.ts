import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeadlineError } from '../src/errors.js';
import { OutstandingRequests } from '../src/outstanding.js';

/** A clock and its one timer, moved by hand. */
class Time {
  now = 0;
  timers = 0;
  #due: { at: number; callback: () => void } | undefined;

  startTimer = (callback: () => void, delay_ms: number): { stop(): void } => {
    this.timers++;
    const due = { at: this.now + delay_ms, callback };
    this.#due = due;
    return {
      stop: () => {
        if (this.#due === due) this.#due = undefined;
      },
    };
  };

  pass(ms: number): void {
    const end = this.now + ms;
    while (this.#due !== undefined && this.#due.at <= end) {
      const { at, callback } = this.#due;
      this.#due = undefined;
      this.now = at;
      callback();
    }
    this.now = end;
  }

  get waiting(): boolean {
    return this.#due !== undefined;
  }
}

function setUp() {
  const time = new Time();
  const requests = new OutstandingRequests({ now: () => time.now, startTimer: time.startTimer });
  const failed = new Map<number, { at: number; error: unknown }>();
  const ask = (id: number, timeout_ms: number): void =>
    requests.add(id, {
      op: 'ping',
      timeout_ms,
      deadline: time.now + timeout_ms,
      settle: () => undefined,
      reject: (error) => failed.set(id, { at: time.now, error }),
    });
  return { time, requests, failed, ask };
}

describe('outstanding requests', () => {
  it('fail at their deadline, named with operation and time, and not before', () => {
    const { time, requests, failed, ask } = setUp();
    ask(1, 500);
    ask(2, 100);
    time.pass(99);
    expect(failed.size).toBe(0);
    time.pass(1);
    expect([...failed.keys()]).toEqual([2]);
    expect(failed.get(2)?.error).toBeInstanceOf(DeadlineError);
    expect(failed.get(2)?.error).toMatchObject({ message: 'no reply to ping within 100 ms' });
    time.pass(400);
    expect(failed.get(1)?.at).toBe(500);
    expect(requests.size).toBe(0);
    expect(time.waiting).toBe(false);
  });

  it('never fail early, nor more than a sweep late, however their times mix', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ after: fc.nat(300), timeout: fc.integer({ min: 1, max: 1000 }) })),
        (plan) => {
          const { time, failed, ask } = setUp();
          const due = plan.map(({ after, timeout }, id) => {
            time.pass(after);
            ask(id, timeout);
            return time.now + timeout;
          });
          time.pass(2000);
          for (const [id, deadline] of due.entries()) {
            const at = failed.get(id)?.at ?? Number.NaN;
            expect(at).toBeGreaterThanOrEqual(deadline);
            expect(at).toBeLessThanOrEqual(deadline + 20);
          }
        },
      ),
    );
  });

  it('share one timer, which replies do not touch', () => {
    const { time, requests, ask } = setUp();
    for (let id = 0; id < 1000; id++) {
      ask(id, 5000);
      requests.take(id);
    }
    expect(time.timers).toBe(1);
  });

  it('are handed out once', () => {
    const { requests, ask } = setUp();
    ask(1, 100);
    expect(requests.take(1)?.op).toBe('ping');
    expect(requests.take(1)).toBeUndefined();
  });

  it('all fail at once, oldest first, when told so', () => {
    const { time, requests, failed, ask } = setUp();
    ask(1, 100);
    ask(2, 50);
    requests.rejectAll(() => new Error('lost'));
    expect([...failed.keys()]).toEqual([1, 2]);
    expect(requests.size).toBe(0);
    expect(time.waiting).toBe(false);
  });
});
