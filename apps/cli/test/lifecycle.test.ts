import { openStore, type SqliteStore } from '@bitten/storage/store';
import { loggedEvent, spanOf } from '@bitten/storage/testing';
import colors from 'picocolors';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { describeChain } from '../src/lifecycle/chain.js';
import { lifecycleTable, patternTable } from '../src/lifecycle/tables.js';
import { makeFolder } from './support/files.js';

let store: SqliteStore;

beforeEach(() => {
  store = openStore({ file: `${makeFolder()}/store.db` });
  store.bind('log-a');
});
afterEach(() => store.close());

type Told = readonly [type: string, at: number, data: Record<string, unknown>];

function tell(told: readonly Told[]): void {
  store.applyEvents(
    spanOf(
      told.map(([event_type, timestamp, data], i) => loggedEvent(i + 1, { event_type, timestamp, data })),
    ),
  );
}

const plain = { now: 1_772_442_000, colors: colors.createColors(false) };
const chainOf = (id: string) => store.lifecycle({ id }).map((life) => describeChain(life, plain));

describe('one life', () => {
  test('is a chain with how long each hop took, what is missing, and what came twice', () => {
    tell([
      ['signal_generated', 100, { signal_id: 'S1', symbol: 'EURUSD', pattern_type: 'SWEEP', confidence: 80 }],
      ['fire_command', 104, { fire_id: 'F1', signal_id: 'S1', user_id: '7' }],
      ['trade_executed', 103.5, { fire_id: 'F1', ticket: 5 }],
      ['trade_executed', 105, { fire_id: 'F1', ticket: 6 }],
      ['trade_outcome', 163.5, { fire_id: 'F1', outcome: 'SL_HIT', profit: -3 }],
    ]);
    const [chain, ...others] = chainOf('S1');
    expect(others).toEqual([]);
    expect(chain?.[0]).toBe('fire F1: closed (EURUSD SWEEP user 7)');
    const [signal, fire, execution, confirmation, outcome] = chain?.slice(1) ?? [];
    expect(signal).toMatch(/^ {2}signal .* seq 1 {2}S1, 80 confidence$/);
    expect(fire).toMatch(/^ {2}fire .* seq 2 {2}after 4 s$/);
    // The clocks of two components disagree.
    expect(execution).toMatch(/^ {2}execution .* seq 3 {2}after -500 ms {2}ticket 5 {2}2 times$/);
    expect(confirmation).toBe('  confirmation  missing');
    expect(outcome).toMatch(/^ {2}outcome .* seq 5 {2}after 1 min {2}SL_HIT, -3 profit$/);
  });

  test('says what has not come yet, and shows no control characters', () => {
    tell([['fire_command', 104, { fire_id: 'F\u001b[2J', signal_id: 'S1' }]]);
    expect(chainOf('S1')[0]).toEqual([
      'fire F␛[2J: fired',
      '  signal     missing',
      expect.stringMatching(/^ {2}fire .* seq 1 {2}S1$|^ {2}fire .* seq 1$/),
      '  execution  not yet',
    ]);
  });
});

test('many lives are a table that names their trouble', () => {
  tell([
    ['trade_executed', 100, { fire_id: 'F9' }],
    ['signal_generated', 101, { signal_id: 'S1', pattern_type: 'SWEEP' }],
    ['signal_generated', 102, { signal_id: 'S1', pattern_type: 'SWEEP' }],
  ]);
  const lines = lifecycleTable(store.lifecycle(), { now: 100, width: 500 }).split('\n');
  expect(lines[1]).toMatch(/S1 .*SWEEP .*signalled .*signal 2 times$/);
  expect(lines[2]).toMatch(/F9 .*executed .*no signal, fire$/);
});

test('what is counted by pattern shows rates only where there is something to divide', () => {
  tell([
    ['signal_generated', 101, { signal_id: 'S1', pattern_type: 'SWEEP' }],
    ['signal_generated', 102, { signal_id: 'S2', pattern_type: 'BREAKOUT' }],
    ['signal_outcome', 103, { signal_id: 'S2', outcome: 'WIN' }],
  ]);
  const [, breakout, sweep] = patternTable(store.patternStats(), 500).split('\n');
  expect(breakout).toMatch(/^BREAKOUT .* 100\.0 %/);
  expect(sweep).toMatch(/^SWEEP/);
  expect(sweep).not.toContain('%');
});
