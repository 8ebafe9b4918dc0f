import { Presets, SingleBar } from 'cli-progress';
import { say } from '../show/terminal.js';
import { formatDuration } from '../time.js';
import type { Tally } from './tally.js';

export interface Progress {
  /** How many bytes of the files have been read. */
  onBytes: (bytes: number) => void;
  /** Prints a line above the bar. */
  note: (text: string) => void;
  stop: () => void;
}

const line_ms = 2_000;
const bar_ms = 100;

/** How an import is getting on, to standard error: a bar on a terminal, elsewhere a line now and then. */
export function startProgress(options: { tally: Tally; bytes_total: number; isTerminal: boolean }): Progress {
  return options.isTerminal ? startBar(options) : startLines(options);
}

function startBar({ tally, bytes_total }: { tally: Tally; bytes_total: number }): Progress {
  const begunAt = performance.now();
  const bar = new SingleBar(
    {
      format: '{bar} {percentage}%  {events} events  {rate}/s  {left}',
      stream: process.stderr,
      hideCursor: true,
      clearOnComplete: true,
      barsize: 30,
    },
    Presets.shades_classic,
  );
  let bytes = 0;
  const facts = () => {
    const seconds = (performance.now() - begunAt) / 1000;
    const left_s = bytes === 0 ? 0 : (seconds * (bytes_total - bytes)) / bytes;
    return {
      events: tally.events.toLocaleString('en'),
      rate: Math.round(tally.events / Math.max(seconds, 0.001)).toLocaleString('en'),
      left: bytes === bytes_total ? 'finishing' : `${formatDuration(left_s)} left`,
    };
  };
  bar.start(Math.max(bytes_total, 1), 0, facts());
  const timer = setInterval(() => bar.update(bytes, facts()), bar_ms);
  return {
    onBytes: (read) => {
      bytes = read;
    },
    note: (text) => {
      process.stderr.write(`\r\u001b[K${text}\n`);
    },
    stop: () => {
      clearInterval(timer);
      bar.stop();
    },
  };
}

function startLines({ tally, bytes_total }: { tally: Tally; bytes_total: number }): Progress {
  let bytes = 0;
  const timer = setInterval(() => {
    const percent = bytes_total === 0 ? 100 : Math.floor((100 * bytes) / bytes_total);
    say(`${percent} % read, ${tally.events.toLocaleString('en')} events handled`);
  }, line_ms);
  return {
    onBytes: (read) => {
      bytes = read;
    },
    note: say,
    stop: () => clearInterval(timer),
  };
}
