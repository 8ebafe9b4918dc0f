import { createInterface } from 'node:readline';

/** What whoever watches a replay can do while it runs. */
export interface Controls {
  /** Plays the next so many, and stands still; resolves when they have been played. */
  step: (count: number) => Promise<void>;
  /** Stands still, or goes on. */
  toggle: () => void;
  /** Faster, or slower. */
  hurry: (factor: number) => void;
  quit: () => void;
}

const ctrlC = '\u0003';
const ctrlD = '\u0004';

/**
 * Reads the commands of whoever watches: keys on a terminal, lines on a pipe. A number is how many to play, and counts at
 * the next Enter.
 */
export class Keys {
  readonly #controls: Controls;
  #digits = '';

  constructor(controls: Controls) {
    this.#controls = controls;
  }

  /** One key as a terminal in raw mode sends it. */
  press(key: string): void {
    if (/^\d$/.test(key)) {
      this.#digits = (this.#digits + key).slice(0, 9);
      return;
    }
    const digits = this.#digits;
    this.#digits = '';
    if (key === '\r' || key === '\n') void this.#step(digits);
    else if (key === ' ') this.#controls.toggle();
    else if (key === '+') this.#controls.hurry(2);
    else if (key === '-') this.#controls.hurry(0.5);
    else if (key === 'q' || key === ctrlD) this.#controls.quit();
  }

  /** One line of a pipe, dealt with when it resolves: to false where it says nothing that is known. */
  async line(text: string): Promise<boolean> {
    const said = text.trim();
    if (said === 'q') this.#controls.quit();
    else if (/^\d{0,9}$/.test(said)) await this.#step(said);
    else return false;
    return true;
  }

  async #step(digits: string): Promise<void> {
    const count = digits === '' ? 1 : Number(digits);
    if (count > 0) await this.#controls.step(count);
  }
}

/** Listens to a terminal key by key; returns what gives it back as it was. */
export function listenToKeys(keys: Keys, input: NodeJS.ReadStream): () => void {
  const hear = (chunk: Buffer) => {
    for (const key of chunk.toString()) {
      // In raw mode the terminal sends no signal for it.
      if (key === ctrlC) process.kill(process.pid, 'SIGINT');
      else keys.press(key);
    }
  };
  const release = () => {
    input.off('data', hear);
    input.setRawMode(false);
    input.pause();
    process.off('exit', release);
  };
  input.setRawMode(true);
  input.on('data', hear);
  input.resume();
  process.on('exit', release);
  return release;
}

/** Listens to a pipe line by line, each when the one before has been dealt with; its end is the end of the replay. */
export function listenToLines(
  keys: Keys,
  input: NodeJS.ReadStream,
  onUnknown: (line: string) => void,
): () => void {
  const reader = createInterface({ input });
  const read = async () => {
    for await (const line of reader) {
      if (!(await keys.line(line))) onUnknown(line);
    }
    await keys.line('q');
  };
  void read();
  return () => {
    reader.close();
    input.destroy();
  };
}
