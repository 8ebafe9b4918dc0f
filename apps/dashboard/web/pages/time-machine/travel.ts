import type { Replay } from '../../../src/api/replays.js';
import { count, counted } from '../../ui/format.js';

/** How fast a replay can be played; the slower ones are reached by the keyboard as well as the faster. */
export const speeds = [1, 2, 5, 10, 50, 100, 500, 1_000, 'max'] as const;
export type Speed = (typeof speeds)[number];

/** `×10`, or in words. */
export function showSpeed(speed: number | 'max'): string {
  return speed === 'max' ? 'as fast as it goes' : `×${speed}`;
}

/** The speed a control's text stands for; ×1 for one that is none of them. */
export function readSpeed(text: string): Speed {
  return speeds.find((speed) => String(speed) === text) ?? 1;
}

export function isOn({ state }: Pick<Replay, 'state'>): boolean {
  return state === 'playing' || state === 'paused';
}

/** Of its stretch of the log, how much has been played: 0 to 1. */
export function playedOf({ from_seq, to_seq, next_seq }: Replay): number {
  return to_seq > from_seq ? (next_seq - from_seq) / (to_seq - from_seq) : 1;
}

/** What a replay does, in a sentence. */
export function sayReplay(replay: Replay): string {
  const { state, why, speed, sent, unheard } = replay;
  const because = why === null ? '' : `: ${why}`;
  const events = counted(sent + unheard, 'event');
  if (state === 'playing') return `playing ${showSpeed(speed)}, ${events} so far${because}`;
  if (state === 'paused') return `paused after ${events}${because}`;
  return `${state} after ${events}${because}`;
}

/**
 * Who has heard it. A replay is broadcast, whether or not anybody subscribes: that nobody does is no mistake, but
 * whoever expects a component to react has to know.
 */
export function sayHeard({ sent, unheard }: Pick<Replay, 'sent' | 'unheard'>): string {
  if (sent + unheard === 0) return 'nothing has been sent yet';
  if (sent === 0) return 'nobody subscribes to it, and only this page goes along';
  if (unheard === 0) return 'somebody subscribes to each event of it';
  return `${count(unheard)} of them to nobody`;
}

/**
 * The replay this page follows, as it is now: the one it has started itself. Undefined before the first, and when
 * the server has forgotten it.
 */
export function followed(replays: readonly Replay[], id: string | null): Replay | undefined {
  return id === null ? undefined : replays.find((replay) => replay.id === id);
}

/** What a shell is told to hear it: the live feed, with the prefix of replays alone. Needs pyzmq. */
export function listenCommand(topic: string): string {
  return [
    "python3 -c 'import os, zmq",
    's = zmq.Context().socket(zmq.SUB)',
    's.connect("tcp://127.0.0.1:" + os.environ.get("BITTEN_PUB_PORT", "5570"))',
    `s.subscribe("${topic}")`,
    "while True: print(*(part.decode() for part in s.recv_multipart()), flush=True)'",
  ].join('\n');
}
