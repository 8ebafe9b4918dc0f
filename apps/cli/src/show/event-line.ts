import type { Envelope } from '@bitten/schema';

import { formatTime } from '../time.js';
import { type Colors, harmless } from './terminal.js';

type Paint = (text: string) => string;

/** The fields a person looks for first, by type, in the order they are read; the correlation is shown anyway. */
const keyFields: Readonly<Record<string, readonly string[]>> = {
  signal_generated: [
    'symbol',
    'direction',
    'confidence',
    'pattern_type',
    'entry_price',
    'stop_pips',
    'target_pips',
  ],
  signal_expired: [],
  signal_outcome: ['symbol', 'direction', 'outcome', 'pips_result', 'pattern', 'confidence'],
  pattern_detected: ['symbol', 'pattern_type', 'direction', 'confidence', 'timeframe'],
  fire_command: [
    'symbol',
    'direction',
    'lot_size',
    'execution_mode',
    'sl_price',
    'tp_price',
    'user_id',
    'signal_id',
  ],
  trade_executed: ['symbol', 'direction', 'volume', 'open_price', 'ticket', 'sl_price', 'tp_price'],
  trade_confirmed: ['symbol', 'direction', 'status', 'ticket', 'price', 'volume', 'signal_id'],
  trade_outcome: ['outcome', 'profit', 'pips', 'close_price', 'status', 'signal_id'],
  balance_update: ['user_id', 'account_number', 'balance', 'equity', 'margin', 'free_margin'],
  system_health: ['component', 'status', 'uptime', 'memory_usage', 'cpu_usage', 'message'],
  market_data: ['symbol', 'bid', 'ask', 'volume'],
  user_action: ['user_id', 'action', 'details', 'ip_address'],
  dead_letter_resolved: ['dead_letter', 'action', 'seq', 'reason', 'by'],
};

/** Fields whose value says by itself what it is. */
const nameless = new Set([
  'symbol',
  'direction',
  'outcome',
  'pattern_type',
  'pattern',
  'action',
  'component',
  'status',
  'execution_mode',
]);

/** Of a type without an order of its own so many fields are shown. */
const otherFields_max = 6;
const value_length_max = 40;

/** The fields of an event that tell a person what happened, in one line. */
export function describeData(event: Envelope): string {
  const { data } = event;
  if (typeof data !== 'object' || data === null) return '';
  // A type may be called `constructor`, which every object has.
  const known = Object.hasOwn(keyFields, event.event_type) ? keyFields[event.event_type] : undefined;
  const names = known ?? Object.keys(data).slice(0, otherFields_max);
  return names
    .filter((name) => data[name] !== undefined && data[name] !== null)
    .filter((name) => name !== 'component' || data[name] !== event.source)
    .map((name) => describeField(name, data[name]))
    .join(' ');
}

function describeField(name: string, value: unknown): string {
  if (name === 'confidence' && typeof value === 'number') return `${value} %`;
  const text = typeof value === 'object' ? JSON.stringify(value) : shortNumber(value);
  const short = text.length > value_length_max ? `${text.slice(0, value_length_max - 1)}…` : text;
  return harmless(nameless.has(name) ? short : `${name}=${short}`);
}

/** `30.025588750839233` says no more to a person than `30.02559`; a price keeps all its digits. */
function shortNumber(value: unknown): string {
  if (typeof value !== 'number' || Number.isInteger(value)) return String(value);
  return String(Number(Math.abs(value) >= 1 ? value.toFixed(5) : value.toPrecision(6)));
}

/** The order of the standard types, so that those seen together differ. */
const paintNames = [
  'cyan',
  'magenta',
  'green',
  'yellow',
  'blue',
  'cyanBright',
  'magentaBright',
  'greenBright',
  'yellowBright',
  'blueBright',
] as const;
const knownTypes = Object.keys(keyFields);

/** The colour of a type: the same in every window and on every day. */
export function paintOf(type: string, colors: Colors): Paint {
  if (type === 'market_data' || type === 'system_health') return colors.gray;
  const known = knownTypes.indexOf(type);
  const at = known === -1 ? hashOf(type) : known;
  return colors[paintNames[at % paintNames.length]!];
}

function hashOf(text: string): number {
  let hash = 0;
  for (let at = 0; at < text.length; at += 1) hash = (hash * 31 + text.charCodeAt(at)) >>> 0;
  return hash;
}

/** An event with its place in the log. */
export interface PlacedEvent {
  seq: number;
  event: Envelope;
}

type Column = 'time' | 'seq' | 'type' | 'source';

/** A long name once in a while must not push everything else off the screen for good. */
const cell_width_max = 24;

/**
 * Events as lines: `14:03:07.123  48211  signal_generated  elite_guard  EURUSD BUY 85 % …  S1`. A column is as wide
 * as it has had to be so far, so that the lines stand under each other.
 */
export class EventLines {
  readonly #colors: Colors;
  readonly #widths: Record<Column, number> = { time: 12, seq: 6, type: 16, source: 11 };

  constructor(colors: Colors) {
    this.#colors = colors;
  }

  lines(events: readonly PlacedEvent[], now: number): string[] {
    const rows = events.map(({ seq, event }) => ({
      event,
      cells: {
        time: formatTime(event.timestamp, now),
        seq: String(seq),
        type: harmless(event.event_type),
        source: harmless(event.source),
      },
    }));
    for (const { cells } of rows) this.#widen(cells);
    return rows.map(({ event, cells }) => this.#line(event, cells));
  }

  #widen(cells: Record<Column, string>): void {
    for (const name of ['time', 'seq', 'type', 'source'] as const) {
      const { length } = cells[name];
      if (length <= cell_width_max) this.#widths[name] = Math.max(this.#widths[name], length);
    }
  }

  #line(event: Envelope, cells: Record<Column, string>): string {
    const { time, seq, type, source } = this.#widths;
    const { dim } = this.#colors;
    const line = [
      dim(cells.time.padStart(time)),
      cells.seq.padStart(seq),
      paintOf(event.event_type, this.#colors)(cells.type.padEnd(type)),
      dim(cells.source.padEnd(source)),
      describeData(event),
    ];
    if (typeof event.correlation_id === 'string') line.push(dim(harmless(event.correlation_id)));
    return line.join('  ').trimEnd();
  }
}
