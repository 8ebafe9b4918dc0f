import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { DeadLetterWhole, Examined } from '../../../src/api/dead-letters.js';
import { Freshest } from '../../shell/freshest.js';
import { placesIn } from './json-places.js';

interface DraftOptions {
  letter: Pick<DeadLetterWhole, 'payload' | 'examined'>;
  examine: (text: string, signal: AbortSignal) => Promise<Examined>;
}

/** Somebody who types on is not done yet. */
const pause_ms = 250;
/** Beyond it a text is not searched for its fields at each letter typed. */
const places_length_max = 256 * 1024;

/** What somebody makes of a dead letter's payload, and what the rules say to it while they type. */
export class Draft {
  readonly text: ReadonlySignal<string>;
  /** What the server says of exactly the text that stands there; null while it has not said it. */
  readonly examined = computed((): Examined | null =>
    this.#said.value?.text === this.#text.value ? this.#said.value.examined : null,
  );
  /** The last that was said, to be shown until there is something newer. */
  readonly shown = computed((): Examined | null => this.#said.value?.examined ?? null);
  /** Where fields stand in the text, and where it stops being JSON; null for one that is too long. */
  readonly places = computed(() =>
    this.#text.value.length > places_length_max ? null : placesIn(this.#text.value),
  );
  readonly problem = signal<unknown>(null);
  readonly #text: Signal<string>;
  readonly #said: Signal<{ text: string; examined: Examined } | null>;
  readonly #asked: Freshest<string, Examined>;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor({ letter, examine }: DraftOptions) {
    const text = letter.payload ?? '';
    this.#text = signal(text);
    this.text = this.#text;
    // What was no text at all has been examined as such, and not as the empty one.
    this.#said = signal(letter.payload === null ? null : { text, examined: letter.examined });
    this.#asked = new Freshest({
      ask: examine,
      onAnswer: (examined, about) => {
        this.#said.value = { text: about, examined };
        this.problem.value = null;
      },
      onError: (error) => {
        this.problem.value = error;
      },
    });
  }

  write(text: string): void {
    this.#text.value = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#asked.want(text), pause_ms);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#asked.cancel();
  }
}
