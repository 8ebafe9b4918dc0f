import type { ReplayProgress } from '@bitten/replay';
import { cut, say, widthOf } from '../show/terminal.js';
import { describeProgress } from './describe.js';

const show_ms = 200;

/** Says something while the line below may be on the terminal. */
export function sayAbove(text: string): void {
  if (process.stderr.isTTY === true) process.stderr.write('\r\u001b[K');
  say(text);
}

/** A line on the terminal that says where a replay is; where standard error is no terminal there is none. */
export class ProgressLine {
  #timer: NodeJS.Timeout | undefined;
  #isShown = false;

  start(read: () => ReplayProgress): void {
    if (process.stderr.isTTY === true) this.#timer = setInterval(() => this.#show(read()), show_ms);
  }

  /** Prints a line of data, or one for people, above it. */
  print(text: string): void {
    this.clear();
    process.stdout.write(`${text}\n`);
  }

  note(text: string): void {
    this.clear();
    say(text);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.clear();
  }

  #show(progress: ReplayProgress): void {
    const line = describeProgress(progress, Date.now() / 1000);
    process.stderr.write(`\r\u001b[K${cut(line, widthOf(process.stderr))}`);
    this.#isShown = true;
  }

  clear(): void {
    if (this.#isShown) process.stderr.write('\r\u001b[K');
    this.#isShown = false;
  }
}
