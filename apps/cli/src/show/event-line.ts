import type { Envelope } from '@bitten/schema';
import type { Colors } from 'picocolors/types';
import { formatTime } from '../time.js';
import { harmless } from './terminal.js';

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
  const names = keyFields[event.event_type] ?? Object.keys(data).slice(0, otherFields_max);
  return names
    .filter((name) => data[name] !== undefined && data[name] !== null)
    .map((name) => describeField(name, data[name]))
    .join(' ');
}

function describeField(name: string, value: unknown): string {
  if (name === 'confidence' && typeof value === 'number') return `${value} %`;
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  const short = text.length > value_length_max ? `${text.slice(0, value_length_max - 1)}…` : text;
  return harmless(nameless.has(name) ? short : `${name}=${short}`);
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

/** `14:03:07.123  48211  signal_generated  elite_guard  EURUSD BUY 85 % …  S1` */
export function eventLine(event: Envelope, options: { seq: number; now: number; colors: Colors }): string {
  const { seq, now, colors } = options;
  const { event_type: type, timestamp, source, correlation_id: correlation } = event;
  const cells = [
    colors.dim(formatTime(timestamp, now)),
    String(seq).padStart(7),
    paintOf(type, colors)(harmless(type).padEnd(16)),
    colors.dim(harmless(source).padEnd(12)),
    describeData(event),
  ];
  if (typeof correlation === 'string') cells.push(colors.dim(harmless(correlation)));
  return cells.join('  ').trimEnd();
}
