import { describe, expect, test } from 'vitest';
import { checkEvent, createStandardCatalogue, decodeEvent, type EventType } from '../src/index.js';
import { brief, eventOf, minimal, moment, types } from './support/samples.js';

const catalogue = createStandardCatalogue();

/** The rules of the running system, written down a second time: a changed rule must be changed here too. */
const text = (max: number) => ({ good: ['', 'x'.repeat(max)], bad: { ['x'.repeat(max + 1)]: 'length' } });
const from = (min: number, below: number) => ({ good: [min, min + 1e6], bad: { [below]: 'range' } });
const time = { good: [1e-9, moment], bad: { 0: 'range', [-1]: 'range' } };
const choice = (...words: string[]) => ({
  good: words,
  bad: { [`${words[0]}_`]: 'choice', '': 'choice' },
});
const direction = choice('BUY', 'SELL');
const percent = { good: [0, 100, 85.5], bad: { [-0.1]: 'range', 100.1: 'range' } };
const anyNumber = { good: [-5.5, 0, 1e300], bad: {} };
const anyText = { good: ['', 'x'.repeat(5000)], bad: {} };

interface Rule {
  good: unknown[];
  /** A broken value, as a key, and the code it is told under. */
  bad: Record<string, string>;
}

const rules: { [Type in EventType]: Record<string, Rule> } = {
  signal_generated: {
    'signal_id*': text(200),
    'symbol*': text(10),
    'direction*': direction,
    'confidence*': percent,
    'pattern_type*': text(100),
    entry_price: from(0, -0.1),
    stop_pips: from(0, -0.1),
    target_pips: from(0, -0.1),
    expires_at: time,
  },
  fire_command: {
    'fire_id*': text(200),
    'signal_id*': text(200),
    'user_id*': text(50),
    'symbol*': text(10),
    'direction*': direction,
    'lot_size*': from(0.01, 0.009),
    sl_price: from(0, -0.1),
    tp_price: from(0, -0.1),
    'execution_mode*': choice('MANUAL', 'AUTO', 'SEMI_AUTO'),
  },
  trade_executed: {
    'fire_id*': text(200),
    'ticket*': from(1, 0),
    'symbol*': text(10),
    'direction*': direction,
    'volume*': from(0.01, 0.009),
    'open_price*': from(0, -0.1),
    sl_price: from(0, -0.1),
    tp_price: from(0, -0.1),
    'execution_time*': time,
  },
  balance_update: {
    'user_id*': text(50),
    'account_number*': text(50),
    'balance*': from(0, -0.1),
    'equity*': from(0, -0.1),
    margin: from(0, -0.1),
    free_margin: from(0, -0.1),
  },
  system_health: {
    'component*': text(100),
    'status*': choice('starting', 'started', 'running', 'degraded', 'stopping', 'stopped', 'error'),
    uptime: from(0, -0.1),
    memory_usage: from(0, -0.1),
    cpu_usage: from(0, -0.1),
    message: text(500),
  },
  market_data: {
    'symbol*': text(10),
    'bid*': from(0, -0.1),
    'ask*': from(0, -0.1),
    volume: from(0, -1),
    'timestamp*': time,
  },
  user_action: {
    'user_id*': text(50),
    'action*': text(100),
    details: { good: [{}, { page: { id: 1 } }], bad: {} },
    ip_address: text(45),
    user_agent: text(500),
  },
  pattern_detected: {
    'pattern_type*': text(100),
    'symbol*': text(10),
    'confidence*': percent,
    direction,
    timeframe: text(10),
  },
  signal_expired: { 'signal_id*': text(200) },
  signal_outcome: {
    'signal_id*': text(200),
    outcome: choice('WIN', 'LOSS'),
    pips_result: anyNumber,
    exit_price: anyNumber,
    tracking_duration: anyNumber,
    pattern: anyText,
    confidence: anyNumber,
    symbol: anyText,
    direction: anyText,
    max_favorable: anyNumber,
    max_adverse: anyNumber,
    timestamp: time,
  },
  trade_confirmed: {
    'fire_id*': text(200),
    signal_id: text(200),
    status: anyText,
    ticket: anyNumber,
    price: anyNumber,
    volume: anyNumber,
    symbol: anyText,
    direction: anyText,
    timestamp: time,
  },
  trade_outcome: {
    'fire_id*': text(200),
    signal_id: text(200),
    outcome: choice('TP_HIT', 'SL_HIT', 'CLOSED'),
    status: anyText,
    profit: anyNumber,
    pips: anyNumber,
    close_price: anyNumber,
    timestamp: time,
  },
  dead_letter_resolved: {
    'dead_letter*': from(1, 0),
    'action*': choice('retried', 'corrected', 'discarded'),
    seq: from(1, 0),
    reason: text(500),
    by: text(100),
  },
};

/** Both ways in: as a value, and as JSON text. They must never disagree. */
function issuesOf(type: string, data: Record<string, unknown>): string[] {
  const asValue = checkEvent(eventOf(type, data), catalogue);
  const decoded = decodeEvent(JSON.stringify(eventOf(type, data)), catalogue);
  const asText = decoded.ok ? [] : decoded.issues;
  expect(brief(asText)).toEqual(brief(asValue));
  return brief(asValue);
}

test('the catalogue has exactly these types', () => {
  expect(catalogue.types().sort()).toEqual([...types].sort());
});

describe.each(types)('%s', (type) => {
  const declared = Object.entries(rules[type]).map(([key, rule]) => ({
    name: key.replace('*', ''),
    required: key.endsWith('*'),
    rule,
  }));
  const sample: Record<string, unknown> = minimal[type];

  test('is valid with its required fields', () => {
    expect(issuesOf(type, sample)).toEqual([]);
    expect(Object.keys(sample).sort()).toEqual(
      declared
        .filter((f) => f.required)
        .map((f) => f.name)
        .sort(),
    );
  });

  test('has no field without a rule here', () => {
    const entries = catalogue.get(type)?.data.entries ?? {};
    expect(Object.keys(entries).sort()).toEqual(declared.map((f) => f.name).sort());
  });

  test('keeps unknown fields', () => {
    const data = { ...sample, sl: 1, __proto: [1, { a: null }], note: 'kept' };
    const decoded = decodeEvent(JSON.stringify(eventOf(type, data)), catalogue);
    expect(decoded).toEqual({ ok: true, event: eventOf(type, data) });
  });

  test.each(declared)('$name', ({ name, required, rule }) => {
    const path = `data.${name}`;
    const withValue = (value: unknown) => issuesOf(type, { ...sample, [name]: value });
    const { [name]: _, ...without } = sample;
    expect(issuesOf(type, without)).toEqual(required ? [`${path} missing`] : []);
    expect(withValue(null)).toEqual(required ? [`${path} missing`] : []);
    for (const value of rule.good) expect(withValue(value), String(value)).toEqual([]);
    const numeric = typeof rule.good[0] === 'number';
    for (const [key, code] of Object.entries(rule.bad)) {
      expect(withValue(numeric ? Number(key) : key), key).toEqual([`${path} ${code}`]);
    }
    const word = Object.values(rule.bad).includes('choice') ? 'choice' : 'type';
    for (const value of [true, [], [1], numeric ? '1' : 1]) {
      expect(withValue(value), String(value)).toEqual([`${path} ${word}`]);
    }
  });
});

test.each([
  ['trade_executed', 'ticket'],
  ['market_data', 'volume'],
  ['dead_letter_resolved', 'dead_letter'],
  ['dead_letter_resolved', 'seq'],
] as const)('%s.%s must be a whole number', (type, name) => {
  expect(issuesOf(type, { ...minimal[type], [name]: 1.5 })).toEqual([`data.${name} type`]);
});

test('numbers that are not finite are refused, also where JSON text makes one', () => {
  const { market_data } = minimal;
  for (const bid of [Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(checkEvent(eventOf('market_data', { ...market_data, bid }), catalogue)).toHaveLength(1);
  }
  const text = JSON.stringify(eventOf('market_data', market_data)).replace('1.0851', '1e999');
  const decoded = decodeEvent(text, catalogue);
  expect(decoded.ok ? [] : brief(decoded.issues)).toEqual(['data.bid range']);
});

test('a type without a rule passes on its envelope alone', () => {
  expect(issuesOf('price_alert', {})).toEqual([]);
  expect(issuesOf('constructor', { anything: [1] })).toEqual([]);
  expect(issuesOf('__proto__', { anything: [1] })).toEqual([]);
});
