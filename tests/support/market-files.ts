import { writeFileSync } from 'node:fs';
import type { Random } from '@bitten/simulator';

/** A line of the tracker's file, as the running system writes it. */
export interface SignalLine {
  timestamp: string;
  signal_id?: string;
  pair?: string;
  pattern?: string;
  confidence?: number;
  direction?: string;
  win?: boolean;
  quality_score: number;
  session: string;
}

const start_s = Date.UTC(2025, 7, 21, 17, 58, 37) / 1000;

/** So many signals with their outcomes; those at the places in `broken` have neither id nor direction. */
export function makeSignals(random: Random, count: number, broken: readonly number[] = []): SignalLine[] {
  return Array.from({ length: count }, (_, index) => {
    const time = new Date((start_s + index * 61) * 1000 + random.integer(0, 999));
    const confidence = random.integer(600, 950) / 10;
    const line: SignalLine = {
      timestamp: `${time.toISOString().slice(0, -1)}103`,
      pair: random.pick(['EURUSD', 'GBPUSD', 'USDJPY']),
      pattern: random.pick(['ORDER_BLOCK_BOUNCE', 'VCB_BREAKOUT', 'LIQUIDITY_SWEEP_REVERSAL']),
      confidence,
      quality_score: confidence,
      win: random.chance(0.4),
      session: 'NEWYORK',
      signal_id: `ELITE_${index}`,
      direction: random.pick(['BUY', 'SELL']),
    };
    if (broken.includes(index)) {
      delete line.signal_id;
      delete line.direction;
    }
    return line;
  });
}

export function writeLines(file: string, lines: readonly (object | string)[]): void {
  const texts = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
  writeFileSync(file, `${texts.join('\n')}\n`);
}

/** Quotes as `YYYYMMDD HHMMSSmmm,bid,ask,volume`, one a second or so. */
export function makeTicks(random: Random, count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const time = new Date((start_s + index) * 1000 + random.integer(0, 999)).toISOString();
    const stamp = `${time.slice(0, 10)} ${time.slice(11, 23)}`.replaceAll(/[-:.]/g, '');
    const bid = 1.12 + random.integer(-500, 500) / 100_000;
    return `${stamp},${bid.toFixed(6)},${(bid + 0.0002).toFixed(6)},${random.integer(0, 9)}`;
  });
}

/** One-minute bars as `timestamp,open,high,low,close`, without those at the minutes in `missing`. */
export function makeBars(random: Random, count: number, missing: readonly number[] = []): string[] {
  const bars = Array.from({ length: count }, (_, minute) => {
    const time = new Date((start_s - 37 + minute * 60) * 1000).toISOString();
    const close = (1.576 + random.integer(-500, 500) / 100_000).toFixed(5);
    return `${time.slice(0, 10)} ${time.slice(11, 19)}+00:00,${close},${close},${close},${close}`;
  });
  return ['timestamp,open,high,low,close', ...bars.filter((_, minute) => !missing.includes(minute))];
}
