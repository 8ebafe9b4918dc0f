import type { Random } from '@bitten/simulator';
import { type CrashPlace, crashPlaces } from '../points.js';
import type { Fault, FaultKind } from './fault.js';

/** How often each kind is chosen where all may be. */
const weights: Readonly<Record<FaultKind, number>> = {
  point: 50,
  kill: 30,
  freeze: 4,
  net: 6,
  corrupt: 6,
  clock: 2,
  full: 2,
};

/** The faults of a round, `count` of them, in their order. The same random numbers choose the same. */
export function chooseFaults(
  random: Random,
  { count, kinds }: { count: number; kinds: readonly FaultKind[] },
): Fault[] {
  const urn = kinds.flatMap((kind) => Array.from({ length: weights[kind] }, () => kind));
  // Points come in turn, in an order of their own, so that a long story meets each as often as the others.
  let points: CrashPlace[] = [];
  const nextPoint = (): CrashPlace => {
    if (points.length === 0) points = random.shuffle(crashPlaces);
    return points.pop()!;
  };
  return Array.from({ length: count }, () => chooseFault(random, random.pick(urn), nextPoint));
}

/** One fault of a point. */
export function pointFault(random: Random, { point, circumstance }: CrashPlace): Fault {
  return {
    kind: 'point',
    point,
    nth: random.integer(1, nthMax(point, circumstance)),
    share: random.float(),
    who: random.integer(0, 2),
  };
}

/** How far on an occurrence may be: what happens all the time, or once in a while. */
function nthMax(point: string, circumstance: CrashPlace['circumstance']): number {
  if (circumstance === 'tornTail') return point === 'midOpen' ? 8 : 1;
  if (circumstance === 'spoolLeft' || circumstance === 'retention') return 1;
  if (/^midSegmentRoll/.test(point)) return 2;
  return /Cursor|Prepare|Checkpoint|DeadLetter/.test(point) ? 3 : 25;
}

function chooseFault(random: Random, kind: FaultKind, nextPoint: () => CrashPlace): Fault {
  const after_ms = random.integer(0, 250);
  const who = random.integer(0, 2);
  switch (kind) {
    case 'point':
      return pointFault(random, nextPoint());
    case 'kill': {
      const target = random.pick(['bus', 'bus', 'collector', 'publisher', 'subscriber'] as const);
      return { kind, target, after_ms, who };
    }
    case 'freeze': {
      const target = random.pick(['bus', 'collector', 'subscriber'] as const);
      return { kind, target, after_ms, for_ms: random.integer(100, 2_500) };
    }
    case 'net': {
      const how = random.pick(['cut', 'cut', 'delay', 'halfOpen'] as const);
      return { kind, how, for_ms: random.integer(100, 1_500) };
    }
    case 'corrupt': {
      const hows = ['tornTail', 'flipActive', 'flipClosed', 'cutActive', 'tornSpool'] as const;
      return { kind, how: random.pick(hows), at: random.float() };
    }
    case 'clock': {
      const offsets_h = [random.integer(-30, 30), random.integer(-30, 30), 0];
      return { kind, target: random.pick(['bus', 'collector'] as const), offsets_h, for_ms: 1_500 };
    }
    case 'full':
      return {
        kind,
        target: random.pick(['bus', 'publisher'] as const),
        for_ms: random.integer(200, 1_500),
        who,
      };
  }
}
