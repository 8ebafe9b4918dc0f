import type { EventWhole } from '../../../src/api/events.js';
import type { Replay, ReplayChange, ReplayStart } from '../../../src/api/replays.js';
import type { History, State, StateDiff } from '../../../src/api/state.js';
import { AskError, ask, change } from '../../shell/api.js';
import type { Span } from './instant.js';
import type { MachineApi } from './machine.js';

/** As many as a wide screen has room to draw. */
const steps = 400;

export const machineApi: MachineApi = {
  history: () => ask<History>('history', { steps }),
  state: (at: number, signal: AbortSignal) => ask<State>('state', { at }, signal),
  diff: ({ from, to }: Span, signal: AbortSignal) => ask<StateDiff>('state/diff', { from, to }, signal),
  timeOf,
  replays: () => ask<Replay[]>('replays'),
  start: (start: ReplayStart) => change<Replay>('POST', 'replays', start),
  change: (id: string, changes: ReplayChange) =>
    change<Replay>('PATCH', `replays/${encodeURIComponent(id)}`, changes),
  stop: (id: string) => change<Replay>('DELETE', `replays/${encodeURIComponent(id)}`),
};

async function timeOf(seq: number): Promise<number | null> {
  try {
    return (await ask<EventWhole>(`events/${seq}`)).event.timestamp;
  } catch (error) {
    // Removed by retention, or not in the store yet.
    if (error instanceof AskError && error.status === 404) return null;
    throw error;
  }
}
