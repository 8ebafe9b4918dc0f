import { type BroadcastStage, type LoggedItem, ReplayDriver, type ReplayStage } from '@bitten/replay';
import { EventLines } from '../show/event-line.js';
import { colorsFor, cut, widthOf } from '../show/terminal.js';
import { type ReplayResult, resultOf } from './describe.js';
import { Keys, listenToKeys, listenToLines } from './keys.js';
import type { ReplayPlan } from './plan.js';
import { ProgressLine } from './progress.js';

interface PlayOptions {
  plan: ReplayPlan;
  places: { from: number; to: number };
  stage: BroadcastStage;
  /** Stands still, and plays what it is told to. */
  isStepped: boolean;
  /** Shows each event as it is played. */
  prints: boolean;
  signal: AbortSignal;
}

/** Plays a plan to its end, or until whoever watches has had enough. Throws what ends the replay otherwise. */
export async function play(options: PlayOptions): Promise<ReplayResult> {
  const { plan, places, stage, isStepped, prints, signal } = options;
  const line = new ProgressLine();
  const driver = new ReplayDriver({
    stage: prints ? printing(stage, line) : stage,
    ...places,
    speed: plan.speed,
    gap_ms_max: plan.gap_ms_max,
    paused: isStepped,
    onGap: ({ from, to, why }) => line.note(`events ${from} to ${to - 1} are gone: ${why}`),
  });
  line.start(() => driver.progress);
  const stopListening = listen(driver, isStepped, line);
  const stop = () => driver.stop();
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  const begun = performance.now();
  try {
    return resultOf(plan.name, await driver.done, (performance.now() - begun) / 1000);
  } finally {
    stopListening();
    line.stop();
  }
}

/** The stage, each event of which is shown once it has been broadcast. */
function printing(stage: BroadcastStage, line: ProgressLine): ReplayStage<LoggedItem> {
  const lines = new EventLines(colorsFor(process.stdout));
  return {
    read: (from, to) => stage.read(from, to),
    play: async (items) => {
      const played = await stage.play(items);
      const shown = lines.lines(items, Date.now() / 1000);
      for (const text of shown) line.print(cut(text, widthOf(process.stdout)));
      return played;
    },
  };
}

/** Keys where there is a terminal; lines of a pipe only where the replay waits for somebody. */
function listen(driver: ReplayDriver<LoggedItem>, isStepped: boolean, line: ProgressLine): () => void {
  const keys = new Keys({
    step: (count) => driver.step(count),
    toggle: () => (driver.progress.state === 'paused' ? driver.resume() : driver.pause()),
    hurry: (factor) => {
      if (driver.speed !== 'max') driver.speed *= factor;
    },
    quit: () => driver.stop(),
  });
  if (process.stdin.isTTY === true) return listenToKeys(keys, process.stdin);
  if (!isStepped) return () => {};
  return listenToLines(keys, process.stdin, (text) => {
    line.note(
      `not understood: ${text.slice(0, 80)}; an empty line plays the next, a number that many, q ends`,
    );
  });
}
