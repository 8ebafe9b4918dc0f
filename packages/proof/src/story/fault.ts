import type { CrashPoint } from '../points.js';

/** Somebody who can be killed or stopped at any moment. */
export type Target = 'bus' | 'collector' | 'publisher' | 'subscriber';

/** One thing that goes wrong. All of it is chosen beforehand, from the seed. */
export type Fault =
  /** A process dies at a named place. */
  | { kind: 'point'; point: CrashPoint; nth: number; share: number; who: number }
  /** A process is killed after a while, wherever it is then. */
  | { kind: 'kill'; target: Target; after_ms: number; who: number }
  /** A process is stopped, and goes on. */
  | { kind: 'freeze'; target: 'bus' | 'collector' | 'subscriber'; after_ms: number; for_ms: number }
  /** What is between the components and the bus. */
  | { kind: 'net'; how: 'cut' | 'delay' | 'halfOpen'; for_ms: number }
  /** What is on a disk changes while nobody looks. `at` says where, 0 to 1. */
  | { kind: 'corrupt'; how: 'tornTail' | 'flipActive' | 'flipClosed' | 'cutActive' | 'tornSpool'; at: number }
  /** The wall clock of a process is wrong. */
  | { kind: 'clock'; target: 'bus' | 'collector'; offsets_h: readonly number[]; for_ms: number }
  /** The disk takes nothing for a while. */
  | { kind: 'full'; target: 'bus' | 'publisher'; for_ms: number; who: number };

export type FaultKind = Fault['kind'];

export const faultKinds: readonly FaultKind[] = [
  'point',
  'kill',
  'freeze',
  'net',
  'corrupt',
  'clock',
  'full',
];

/** In words, for progress and for what went wrong. */
export function describe(fault: Fault): string {
  switch (fault.kind) {
    case 'point':
      return `death at ${fault.point}, occurrence ${fault.nth}`;
    case 'kill':
      return `kill -9 of the ${fault.target} after ${fault.after_ms} ms`;
    case 'freeze':
      return `${fault.target} stopped for ${fault.for_ms} ms`;
    case 'net':
      return `connections: ${fault.how} for ${fault.for_ms} ms`;
    case 'corrupt':
      return `files: ${fault.how}`;
    case 'clock':
      return `clock of the ${fault.target} off by ${fault.offsets_h.join(', ')} h`;
    case 'full':
      return `disk of the ${fault.target} full for ${fault.for_ms} ms`;
  }
}
