import { describe, expect, it } from 'vitest';
import {
  beganAt,
  idOf,
  listQuery,
  readView,
  resultOf,
  showCount,
  toneOf,
  writeView,
} from '../../web/pages/lifecycle/lists.js';
import { closed, executed, fired, life, signalled } from './lives.js';

const read = (rest: string, query: Record<string, string> = {}) => readView({ rest, query });

describe('the address of the page', () => {
  it('is read as it is written', () => {
    const queries = [
      {},
      { list: 'orphans' },
      { list: 'slow', hop: 'to_fire_s' },
      { list: 'open', before: '77' },
    ];
    for (const query of queries) {
      for (const rest of ['', 'S1']) expect(writeView(read(rest, query))).toEqual({ rest, query });
    }
  });

  it('opens something whatever it says', () => {
    expect(read(' ', { list: 'nonsense', hop: 'sideways', before: '' })).toEqual({
      ...{ list: 'all', hop: 'to_execute_s', before: null, id: null },
    });
  });

  it('asks the server for what it says', () => {
    expect(listQuery(read('', { list: 'slow', hop: 'to_fire_s', before: '9' }), 50)).toEqual({
      ...{ list: 'slow', limit: 50, hop: 'to_fire_s', before: '9' },
    });
    expect(listQuery(read('', { list: 'open', hop: 'to_fire_s' }), 50)).toEqual({ list: 'open', limit: 50 });
  });
});

describe('a list', () => {
  it('does not claim to have counted beyond ten thousand', () => {
    expect([undefined, 0, 9_999, 10_000].map(showCount)).toEqual(['', '0', '9,999', '10,000+']);
  });

  it('dates a life by whatever of it came first', () => {
    expect(beganAt(life({ ...signalled, ...fired, fired_at: 999 }))).toBe(999);
    expect(beganAt(life())).toBeNull();
  });

  it('finds a life again by its fire, for a signal may have several', () => {
    expect(idOf(life(signalled))).toBe('S1');
    expect(idOf(life({ ...signalled, ...fired }))).toBe('F1');
  });

  it('warns of what is missing even where the trade is closed', () => {
    expect(toneOf(life({ ...signalled, ...fired, ...executed, ...closed }))).toBe('ok');
    expect(toneOf(life({ ...closed, missing: 'execution' }))).toBe('bad');
    expect(toneOf(life({ ...closed, missing: 'confirmation' }))).toBe('warn');
    expect(toneOf(life({ ...signalled, state: 'expired' }))).toBe('warn');
    expect(toneOf(life(signalled))).toBe('info');
  });
});

describe('what a life came to', () => {
  it('is what the trade came to, whatever the tracker said of its signal', () => {
    const traded = life({
      ...signalled,
      ...fired,
      ...executed,
      ...closed,
      signal_outcome: 'LOSS',
      signal_won: 0,
    });
    expect(resultOf(traded)).toEqual({ text: 'TP_HIT +42.5', won: true });
    expect(resultOf({ ...traded, profit: null })?.text).toBe('TP_HIT +20 pips');
  });

  it('is what the tracker said where nothing was traded', () => {
    const tracked = life({ ...signalled, signal_outcome: 'LOSS', signal_won: 0, signal_pips: -12.5 });
    expect(resultOf(tracked)).toEqual({ text: 'LOSS -12.5 pips', won: false });
  });

  it('is neither won nor lost where nobody says so', () => {
    expect(resultOf(life({ outcome: 'CLOSED', won: null }))).toEqual({ text: 'CLOSED', won: null });
    expect(resultOf(life(signalled))).toBeNull();
  });
});
