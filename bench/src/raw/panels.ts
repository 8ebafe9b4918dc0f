import { openStore, type SqliteStore } from '@bitten/storage/store';
import { now_ms } from '../measure/clock.js';

export interface PanelOptions {
  file: string;
  /** Times each panel is asked for. */
  rounds: number;
}

/** What every panel took, milliseconds, in the order it was asked. */
export type PanelTimes = Record<string, number[]>;

type Panel = (store: SqliteStore, time: { from: number; to: number; at: number }) => unknown;

/** A question for each panel of the dashboard that reads the store, as its pages ask it. */
const panels: Record<string, Panel> = {
  search: (store) => store.searchEvents({ limit: 100 }),
  'search, types and symbols': (store) =>
    store.searchEvents({ types: ['fire_command', 'trade_executed'], symbols: ['EURUSD', 'GBPUSD'] }),
  'search, time and type': (store, { from, at }) =>
    store.searchEvents({ types: ['signal_generated'], from, to: at }),
  'search, text that is nowhere': (store) => store.searchEvents({ text: 'no such text' }),
  'events about a signal': (store) => store.eventsAbout(store.lifecycle({ limit: 1 })[0]?.signal_id ?? ''),
  lives: (store) => store.lifecycle({ limit: 50 }),
  'lives never executed': (store) => store.lifecycle({ state: 'never-executed', limit: 50 }),
  'slow fires': (store) => store.slowestFires('to_execute_s', 50),
  'counts of lives': (store) => store.lifecycleCounts(),
  'signals by pattern and hour': (store, { from, to }) => store.signalStats({ from, to }),
  'trades by symbol': (store, { from, to }) => store.symbolStats({ from, to }),
  volume: (store, { from, to }) => store.volume({ from, to }),
  equity: (store, { from, to }) => store.equity({ from, to, points: 200 }),
  'health by component': (store, { from, to }) => store.componentStatuses({ from, to }),
  'state, at an instant': (store, { at }) => store.stateAt(at),
  'state, now': (store, { to }) => store.stateAt(to),
  'place of an instant': (store, { at }) => store.seqFrom(at),
  history: (store) => store.history(),
  summary: (store) => store.summary(),
};

/** Each panel in turn, at instants spread over the history; the first question of a connection is one of them. */
export function askPanels({ file, rounds }: PanelOptions): PanelTimes {
  const store = openStore({ file, readonly: true });
  try {
    const range = store.history();
    if (range === null) throw new Error(`${file} has no events`);
    const times: PanelTimes = {};
    for (let round = 0; round < rounds; round += 1) {
      const at = range.from + ((range.to - range.from) * (round + 1)) / (rounds + 1);
      for (const [name, ask] of Object.entries(panels)) {
        const begun_ms = now_ms();
        ask(store, { ...range, at });
        times[name] = [...(times[name] ?? []), now_ms() - begun_ms];
      }
    }
    return times;
  } finally {
    store.close();
  }
}
