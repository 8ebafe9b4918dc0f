import { type EventType, standardDefinitions } from './events/index.js';

/** For each canonical field, the other names callers use for it, the preferred one first. */
type AliasTable = Readonly<Record<string, readonly string[]>>;

const stops = { sl_price: ['sl', 'stop_loss'], tp_price: ['tp', 'take_profit'] } as const;
const symbol = { symbol: ['pair'] } as const;

/**
 * The names BITTEN's components really use, by type. A name means different things in different types: `entry`
 * is the entry price of a signal and the open price of a trade, and `pattern` is a signal outcome's own field.
 */
export const aliases = {
  signal_generated: { ...symbol, pattern_type: ['pattern'], entry_price: ['entry'] },
  fire_command: { ...symbol, ...stops, lot_size: ['volume'] },
  trade_executed: { ...symbol, ...stops, volume: ['lot_size'], open_price: ['price', 'entry'] },
  balance_update: { account_number: ['login'] },
  market_data: { ...symbol },
  pattern_detected: { ...symbol, pattern_type: ['pattern'] },
  signal_outcome: { ...symbol },
  trade_confirmed: { ...symbol, volume: ['lot_size'] },
} as const satisfies Partial<Record<EventType, AliasTable>>;

/** Where an absent field gets the moment of publishing: what is not said otherwise has just happened. */
const moment = Symbol('now');

/** Fields that get a value when they are absent. */
export const defaults = {
  fire_command: { execution_mode: 'MANUAL' },
  trade_executed: { execution_time: moment },
  market_data: { timestamp: moment },
} as const satisfies Partial<Record<EventType, Readonly<Record<string, unknown>>>>;

/** Ids that callers hold as numbers and the wire as strings. */
const textIds = new Set(['user_id', 'account_number']);

/** The types that want the user in their data too, beside the envelope. */
const typesWithUser: ReadonlySet<string> = new Set(
  Object.values(standardDefinitions)
    .filter((definition) => Object.hasOwn(definition.data.entries, 'user_id'))
    .map((definition) => definition.type),
);

/** By type and alias: which fields would keep the alias from moving, and last the one it moves to. */
const moves = new Map(Object.entries(aliases).map(([type, table]) => [type, movesOf(table)]));
const defaultTables = new Map<string, Readonly<Record<string, unknown>>>(Object.entries(defaults));

/**
 * The data of an event as its type wants it, from data as callers have it. A new object; the given one is left
 * as it is. In this order:
 *
 * 1. Absent fields (`null`, `undefined`) are dropped.
 * 2. An alias moves to its canonical name. Where that is there already it wins, and the alias stays as an
 *    unknown field; of two aliases for one field the first of the table wins.
 * 3. `execution_mode` becomes MANUAL; `execution_time` and a tick's `timestamp` become `now`, where absent.
 * 4. A `user_id` or `account_number` given as a whole number or BigInt becomes a string, in every type.
 * 5. With `user_id`, that of the envelope, an absent `user_id` of the data becomes the same, in the types whose
 *    rules have one: who says it once has said it.
 *
 * Nothing is checked here: what is still wrong afterwards is for `checkEvent` to say. `now` is in Unix seconds.
 */
export function withAliases(
  type: string,
  data: Readonly<Record<string, unknown>>,
  now: number,
  user_id?: unknown,
): Record<string, unknown> {
  const table = moves.get(type);
  const fields: Record<string, unknown> = {};
  for (const name of Object.keys(data)) {
    const value = data[name];
    if (isAbsent(value)) continue;
    const move = table?.get(name);
    const target = move?.unless.every((other) => isAbsent(data[other])) ? move.to : name;
    put(fields, target, textIds.has(target) ? toTextId(value) : value);
  }
  const absent = defaultTables.get(type);
  if (absent !== undefined) fillIn(fields, absent, now);
  if (!isAbsent(user_id) && fields.user_id === undefined && typesWithUser.has(type)) {
    fields.user_id = toTextId(user_id);
  }
  return fields;
}

function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

interface Move {
  to: string;
  /** The canonical name and the aliases preferred to this one. */
  unless: string[];
}

function movesOf(table: AliasTable): Map<string, Move> {
  const found = new Map<string, Move>();
  for (const [to, names] of Object.entries(table)) {
    names.forEach((name, at) => {
      found.set(name, { to, unless: [to, ...names.slice(0, at)] });
    });
  }
  return found;
}

/** Assigning to `__proto__` would change the object's prototype instead of adding a field. */
function put(fields: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== '__proto__') fields[name] = value;
  else Object.defineProperty(fields, name, { value, enumerable: true, configurable: true, writable: true });
}

function toTextId(value: unknown): unknown {
  return Number.isSafeInteger(value) || typeof value === 'bigint' ? String(value) : value;
}

function fillIn(
  fields: Record<string, unknown>,
  table: Readonly<Record<string, unknown>>,
  now: number,
): void {
  for (const name of Object.keys(table)) {
    if (fields[name] !== undefined) continue;
    const value = table[name];
    fields[name] = value === moment ? now : value;
  }
}
