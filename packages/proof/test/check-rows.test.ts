import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { check } from '../src/check/check.js';
import { segmentsOf } from '../src/check/read-log.js';
import { type Counts, isClean } from '../src/check/verdict.js';
import { type NumberedEvent, numberedEvents } from '../src/load/numbered.js';
import { type Entry, evidenceOf, type History } from './support/history.js';

/** Long enough for every type of the mix and every mark of an envelope. */
const long: readonly Entry[] = Array.from({ length: 120 }, (_, index) => [0, index + 1]);
const events = long.map(([run, n]) => numberedEvents('history', 50)(run, n));

/** The place of the first event that is so. */
function placeOf(isSo: (event: NumberedEvent) => boolean): number {
  const index = events.findIndex(isSo);
  if (index === -1) throw new Error('no such event in the history');
  return index + 1;
}

const ofType = (type: string): number => placeOf(({ event_type }) => event_type === type);
const marked = placeOf((event) => event.trace !== undefined && 'symbol' in event.data);
const [signal, fire, trade, health] = [
  ofType('signal_generated'),
  ofType('fire_command'),
  ofType('trade_executed'),
  ofType('system_health'),
];

const setRow = (assignment: string): string => `UPDATE event_rows SET ${assignment} WHERE seq = ${marked}`;
const otherOf = (table: string, id: string): string =>
  setRow(`${id} = (SELECT ${id} FROM ${table} WHERE ${id} <> event_rows.${id} LIMIT 1)`);

test('a true history of all types, ids and fields is found true', () => {
  const { violations, counts } = check(evidenceOf({ logged: long }));
  expect(violations).toEqual([]);
  expect(counts).toMatchObject({ stored: 120, logged: 120 });
});

/** The same `data` in other bytes. */
const spaced = JSON.stringify(events[marked - 1]!.data).replace('{', '{ ');

/** A column of `events`, or what stands behind it, with the change that must be seen in it. */
const changedRows: ReadonlyArray<readonly [column: string, sql: string]> = [
  ['event_type', otherOf('event_types', 'type_id')],
  ['timestamp', setRow('timestamp = timestamp + 0.001')],
  ['source', otherOf('sources', 'source_id')],
  ['correlation_id', setRow("correlation_id = 'other'")],
  ['user_id', setRow("user_id = 'other'")],
  ['session_id', setRow("session_id = 'other'")],
  ['data_json', setRow("data_short = '{}', shape_id = NULL")],
  ['data_json', setRow(`data_short = '${spaced}', shape_id = NULL`)],
  ['created_at', setRow('appended = appended + 1')],
  ['symbol', setRow('symbol_id = NULL')],
  ['extra_json', setRow(`extra_json = '{"trace":{"run":0,"n":0}}'`)],
  ['extra_json', setRow('extra_json = NULL')],
  ['extra_json', setRow("extra_json = 'zzz'")],
];

test.each(changedRows)('a row with another %s than the log is found: %s', (column, sql) => {
  const { counts, violations } = check(evidenceOf({ logged: long, sql }));
  expect(counts.misstored).toBeGreaterThanOrEqual(1);
  expect(violations[0]).toMatch(
    new RegExp(`^misstored: row ${marked} has another .*${column}.* than the log`),
  );
});

const changedViews: ReadonlyArray<readonly [what: string, sql: string, words: string]> = [
  [
    'a signal without its row',
    `DELETE FROM signal_rows WHERE event_id = ${signal}`,
    'signal_events has no row',
  ],
  ['a fire without its row', `DELETE FROM trade_rows WHERE event_id = ${fire}`, 'trade_events has no row'],
  ['a trade without its row', `DELETE FROM trade_rows WHERE event_id = ${trade}`, 'trade_events has no row'],
  [
    'a beat without its row',
    `DELETE FROM health_rows WHERE event_id = ${health}`,
    'health_events has no row',
  ],
  ['no special rows at all', 'DELETE FROM signal_rows', 'signal_events has no row'],
  [
    'a row of no event',
    'INSERT INTO health_rows (event_id) VALUES (1000)',
    'health_events has a row 1000, which is no event',
  ],
  [
    'a row of an event of another type',
    `INSERT INTO signal_rows (event_id) VALUES (${health})`,
    `signal_events has a row ${health}, which is no event`,
  ],
  [
    'another confidence',
    `UPDATE signal_rows SET confidence = 1 WHERE event_id = ${signal}`,
    'signal_events has another confidence',
  ],
  [
    'another volume of a fire',
    `UPDATE trade_rows SET volume = 99 WHERE event_id = ${fire}`,
    'trade_events has another volume',
  ],
  [
    'a fire with a ticket',
    `UPDATE trade_rows SET ticket = 1 WHERE event_id = ${fire}`,
    'trade_events has another ticket',
  ],
  [
    'another ticket of a trade',
    `UPDATE trade_rows SET ticket = 1 WHERE event_id = ${trade}`,
    'trade_events has another ticket',
  ],
  [
    'another status',
    `UPDATE health_rows SET status = 'error' WHERE event_id = ${health}`,
    'health_events has another status',
  ],
  [
    'another time',
    `UPDATE health_rows SET created_at = 1 WHERE event_id = ${health}`,
    'health_events has another created_at',
  ],
  [
    'another count of a type',
    "UPDATE event_types SET row_count = row_count + 1 WHERE name = 'market_data'",
    'event_stats counts',
  ],
];

test.each(changedViews)('a view that does not say what the events say is found: %s', (_, sql, words) => {
  const { ok, violations } = check(evidenceOf({ logged: long, sql }));
  expect(ok).toBe(false);
  expect(violations.join('\n')).toContain(`misstored: ${words}`);
});

/** What log and store agree on, and nobody has published. */
const unpublished: ReadonlyArray<readonly [field: string, altered: NonNullable<History['altered']>]> = [
  ['event_type', (event) => ({ ...event, event_type: 'other' })],
  ['source', (event) => ({ ...event, source: 'other' })],
  ['timestamp', (event) => ({ ...event, timestamp: event.timestamp + 1 })],
  ['correlation_id', (event) => ({ ...event, correlation_id: null })],
  ['user_id', (event) => ({ ...event, user_id: 'other' })],
  ['session_id', (event) => ({ ...event, session_id: 'other' })],
  ['trace', ({ trace: _, ...event }) => event],
  ['added', (event) => ({ ...event, added: 1 })],
  ['data', (event) => ({ ...event, data: { ...event.data, added: 1 } })],
];

test.each(unpublished)('an event logged with another %s than was published is found', (field, altered) => {
  const isChanged = ({ trace }: NumberedEvent): boolean => trace !== undefined;
  const { ok, counts, violations } = check(
    evidenceOf({ logged: long, altered: (event) => (isChanged(event) ? altered(event) : event) }),
  );
  expect(ok).toBe(false);
  expect(counts.misstored, violations.join('\n')).toBe(0);
  expect(violations[0]).toMatch(new RegExp(`^falseReceipts: .* is not what life 0 published .*${field}`));
});

test('a correlation that the publisher did not give may be found by the bridge', () => {
  const altered = (event: NumberedEvent): object => ({ correlation_id: 'found', ...event });
  expect(check(evidenceOf({ logged: long, altered })).violations).toEqual([]);
});

test('what retention has removed from the log is held against what was published', () => {
  const removed = (sql?: string): Counts => {
    const evidence = evidenceOf({
      logged: long,
      segmentBytesMax: 8_192,
      ...(sql === undefined ? {} : { sql }),
    });
    const [first, second] = segmentsOf(join(evidence.dataDir, 'log'));
    expect(second).toBeDefined();
    rmSync(first!);
    return check(evidence).counts;
  };
  expect(isClean(removed())).toBe(true);
  expect(removed(setRow("user_id = 'other'"))).toMatchObject({ misstored: 0, falseReceipts: 1 });
  expect(removed(setRow('extra_json = NULL'))).toMatchObject({ misstored: 0, falseReceipts: 1 });
});
