import { type Call, isAppend } from './calls.js';
import type { DiskFull } from './plan.js';

const takesRoom: ReadonlySet<Call['what']> = new Set(['write', 'writeLater', 'sync']);
const ours = /\/(log|dead-letters|spool)\//;
/** Files that are made, and not there yet. */
const isNew = /\.(tmp|new)$/;

/**
 * Refuses what takes room, as a full disk does, for a while after the first commit: a program that finds the disk
 * full when it starts may refuse to. `onRefused` hears of the first refusal.
 */
export function fullDisk({ after_ms, for_ms }: DiskFull, onRefused: () => void): (call: Call) => void {
  let begun_ms: number | undefined;
  let full_ms: number | undefined;
  return (call) => {
    if (begun_ms === undefined && isAppend(call)) begun_ms = performance.now();
    if (begun_ms === undefined || !ours.test(call.path)) return;
    if (!takesRoom.has(call.what) && !(call.what === 'open' && isNew.test(call.path))) return;
    const now_ms = performance.now();
    if (now_ms - begun_ms < after_ms) return;
    // The spell begins with the first call that meets it, so that none passes unseen on a slow machine.
    if (full_ms === undefined) onRefused();
    full_ms ??= now_ms;
    if (now_ms - full_ms >= for_ms) return;
    const error = new Error(`ENOSPC: no space left on device, ${call.what} '${call.path}'`);
    throw Object.assign(error, { code: 'ENOSPC', errno: -28, syscall: call.what });
  };
}
