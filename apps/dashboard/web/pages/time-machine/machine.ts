import { computed, signal } from '@preact/signals';
import type { Replay, ReplayChange, ReplayStart } from '../../../src/api/replays.js';
import type { History, State, StateDiff } from '../../../src/api/state.js';
import { Freshest } from '../../shell/freshest.js';
import { clamp, type Span } from './instant.js';
import { followed, isOn, type Speed } from './travel.js';

/** What the machine asks the server for. */
export interface MachineApi {
  history(): Promise<History>;
  state(at: number, signal: AbortSignal): Promise<State>;
  diff(span: Span, signal: AbortSignal): Promise<StateDiff>;
  /** When the event of that place happened; null where it is gone. */
  timeOf(seq: number): Promise<number | null>;
  replays(): Promise<Replay[]>;
  start(start: ReplayStart): Promise<Replay>;
  change(id: string, change: ReplayChange): Promise<Replay>;
  stop(id: string): Promise<Replay>;
}

/** Somebody who drags on is not done yet: a replay goes on from the place where it stays. */
const seek_ms = 400;

/**
 * Where in history a page is, and what it sees there. A replay that the page has started moves it along; whoever moves
 * it by hand meanwhile takes the replay with them.
 */
export class TimeMachine {
  readonly history = signal<History | null>(null);
  readonly at = signal<number | null>(null);
  /** The second instant, to compare with. */
  readonly pin = signal<number | null>(null);
  readonly state = signal<State | null>(null);
  readonly diff = signal<StateDiff | null>(null);
  readonly speed = signal<Speed>(1);
  readonly replays = signal<readonly Replay[]>([]);
  /** Why what is shown cannot be brought up to date; null while it can. */
  readonly problem = signal<unknown>(null);
  /** Why the last order was not taken. */
  readonly refusal = signal<unknown>(null);
  /** An order is on its way. */
  readonly isBusy = signal(false);
  readonly #mine = signal<string | null>(null);
  readonly replay = computed(() => followed(this.replays.value, this.#mine.value));
  /** What the slider ranges over: history, and as far as a replay has come beyond it. */
  readonly span = computed((): Span | null => {
    const { from, to } = this.history.value ?? { from: null, to: null };
    if (from === null || to === null) return null;
    return { from: Math.min(from, this.at.value ?? from), to: Math.max(to, this.at.value ?? to) };
  });
  readonly #api: MachineApi;
  readonly #states: Freshest<number, State>;
  readonly #diffs: Freshest<Span, StateDiff>;
  readonly #times: Freshest<number, number | null>;
  #seek: ReturnType<typeof setTimeout> | undefined;

  constructor(api: MachineApi) {
    this.#api = api;
    const onError = (error: unknown) => {
      this.problem.value = error;
    };
    this.#states = new Freshest({
      ask: (at, abort) => api.state(at, abort),
      onAnswer: (state) => {
        this.state.value = state;
        this.problem.value = null;
      },
      onError,
    });
    this.#diffs = new Freshest({
      ask: (span, abort) => api.diff(span, abort),
      onAnswer: (diff) => {
        this.diff.value = diff;
      },
      onError,
    });
    this.#times = new Freshest({
      ask: (seq) => api.timeOf(seq),
      onAnswer: (at) => {
        if (at !== null && this.#seek === undefined) this.#show(at);
      },
      onError,
    });
  }

  /** Begins where the address says, or at the end of history. What goes wrong is told as `problem`. */
  async open({ at, pin }: { at: number | null; pin: number | null }): Promise<void> {
    try {
      const [history, replays] = await Promise.all([this.#api.history(), this.#api.replays()]);
      this.history.value = history;
      this.onReplays(replays);
      this.pin.value = pin;
      const place = at ?? history.to;
      if (place !== null) this.#show(place);
    } catch (error) {
      this.problem.value = error;
    }
  }

  /** To where history ends by now. */
  async newest(): Promise<void> {
    try {
      const history = await this.#api.history();
      this.history.value = history;
      if (history.to !== null) this.travel(history.to);
    } catch (error) {
      this.problem.value = error;
    }
  }

  /** Moved by hand. */
  travel(at: number): void {
    const { history } = this;
    const { from, to } = history.value ?? { from: null, to: null };
    if (from === null || to === null) return;
    this.#show(clamp(at, { from, to: Math.max(to, this.span.value!.to) }));
    this.#seekReplay();
  }

  /** Holds an instant to compare others with, or lets go of it. */
  hold(pin: number | null): void {
    this.pin.value = pin;
    this.diff.value = null;
    this.#wantDiff();
  }

  play(): Promise<void> {
    const { replay } = this;
    const speed = this.speed.value;
    if (replay.value?.state === 'paused') return this.#change({ paused: false, speed });
    return this.#order(() => this.#begin({ speed }));
  }

  pause(): Promise<void> {
    return this.#change({ paused: true });
  }

  /** One event further; where no replay is on, one begins, and stands still behind it. */
  step(): Promise<void> {
    if (this.#isOn) return this.#change({ step: 1 });
    return this.#order(async () => {
      await this.#begin({ speed: this.speed.value, paused: true });
      this.#hear(await this.#api.change(this.#mine.value!, { step: 1 }));
    });
  }

  /** Stops a replay, its own or that of another page. */
  stop(id: string): Promise<void> {
    return this.#order(async () => this.#hear(await this.#api.stop(id)));
  }

  /** Goes along with one that another page has started, or this one before it was loaded again. */
  follow(id: string): void {
    this.#mine.value = id;
    const { replay } = this;
    if (replay.value === undefined) return;
    const { speed, at } = replay.value;
    this.speed.value = speed as Speed;
    if (at !== null) this.#show(at);
  }

  /** Counts at once for one that plays. */
  setSpeed(speed: Speed): Promise<void> {
    this.speed.value = speed;
    return this.#isOn ? this.#change({ speed }) : Promise.resolve();
  }

  /** What the stream tells of all replays. */
  onReplays(replays: readonly Replay[]): void {
    const was = this.replay.value;
    this.replays.value = replays;
    const is = this.replay.value;
    // While somebody drags, the place is theirs.
    if (is === undefined || this.#seek !== undefined) return;
    if (is.at !== null && is.at !== was?.at) this.#show(is.at);
    // As fast as it goes, the events are played where they lie, and nobody looks at their times.
    else if (was?.id === is.id && is.next_seq > was.next_seq) this.#times.want(is.next_seq - 1);
  }

  close(): void {
    clearTimeout(this.#seek);
    this.#states.cancel();
    this.#diffs.cancel();
    this.#times.cancel();
  }

  get #isOn(): boolean {
    const { replay } = this;
    return replay.value !== undefined && isOn(replay.value);
  }

  #show(at: number): void {
    this.at.value = at;
    this.#states.want(at);
    this.#wantDiff();
  }

  #wantDiff(): void {
    const [at, pin] = [this.at.value, this.pin.value];
    if (at === null || pin === null) return this.#diffs.cancel();
    this.#diffs.want({ from: Math.min(at, pin), to: Math.max(at, pin) });
  }

  /** The replay begins anew at the place where the slider comes to rest; one that stands still is over. */
  #seekReplay(): void {
    if (!this.#isOn && this.#seek === undefined) return;
    clearTimeout(this.#seek);
    this.#seek = setTimeout(() => {
      void this.#order(async () => {
        const replay = this.replay.value;
        if (replay === undefined || !isOn(replay)) return;
        this.#hear(await this.#api.stop(replay.id));
        if (replay.state === 'playing') await this.#begin({ speed: this.speed.value });
      }).finally(() => {
        this.#seek = undefined;
      });
    }, seek_ms);
  }

  async #begin(how: Pick<ReplayStart, 'speed' | 'paused'>): Promise<void> {
    const replay = await this.#api.start({ from: this.at.value!, ...how });
    this.#mine.value = replay.id;
    this.#hear(replay);
  }

  #change(change: ReplayChange): Promise<void> {
    const id = this.#mine.value;
    if (id === null) return Promise.resolve();
    return this.#order(async () => this.#hear(await this.#api.change(id, change)));
  }

  /** An answer is news of one replay, before the stream has it. */
  #hear(replay: Replay): void {
    this.onReplays([replay, ...this.replays.value.filter(({ id }) => id !== replay.id)]);
  }

  async #order(order: () => Promise<void>): Promise<void> {
    this.isBusy.value = true;
    try {
      await order();
      this.refusal.value = null;
    } catch (error) {
      this.refusal.value = error;
    } finally {
      this.isBusy.value = false;
    }
  }
}
