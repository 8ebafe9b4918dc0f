import type { ClockShift } from './plan.js';

/** Moves the wall clock of this process; the monotonic one goes on as clocks do. */
export function shiftClock(shifts: readonly ClockShift[]): void {
  const RealDate = Date;
  const now = RealDate.now.bind(RealDate);
  const shifted = (): number => {
    const elapsed_ms = performance.now();
    const current = shifts.findLast(({ after_ms }) => elapsed_ms >= after_ms);
    return now() + (current?.offset_ms ?? 0);
  };
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args: [], newTarget) =>
      Reflect.construct(target, args.length === 0 ? [shifted()] : args, newTarget) as object,
    get: (target, name) => (name === 'now' ? shifted : (Reflect.get(target, name) as unknown)),
  });
}
