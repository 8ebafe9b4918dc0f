import { effect, signal } from '@preact/signals';
import type { AlertsPage, Now, Replay, TailFrame } from '../../src/api/index.js';
import { searchOf } from './api.js';

/** Whether the server tells what happens. */
export const streamState = signal<'connecting' | 'open' | 'away'>('connecting');

/** How everything is, once a second; null until it was told. */
export const now = signal<Now | null>(null);
/** Told when they change; null until then. */
export const alertsTold = signal<AlertsPage | null>(null);
export const replaysTold = signal<Replay[] | null>(null);

/** What the tail of this page passes on; null for no tail. */
export interface TailRequest {
  filter: Readonly<Record<string, string | undefined>>;
  onFrame: (frame: TailFrame) => void;
}

/** The one who listens to the tail now: a page has one stream, and the stream one tail. */
export const tailRequest = signal<TailRequest | null>(null);

/** How long a page that nobody sees stays connected. */
const hidden_ms = 60_000;
const retry_ms = 2_000;

/** Of the last frame, so that what was missed meanwhile comes first. */
let lastSeen: string | null = null;

/** Connects, and keeps connected while the page is seen. Returns what ends it. */
export function startStream(): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const close = () => {
    clearTimeout(timer);
    source?.close();
    source = null;
  };
  const open = (request: TailRequest | null, after: string | null) => {
    close();
    const query = request === null ? {} : { ...request.filter, tail: '1', after: after ?? undefined };
    const opened = new EventSource(`/api/stream${searchOf(query)}`);
    source = opened;
    const on = <Told>(name: string, hear: (told: Told, event: MessageEvent<string>) => void) =>
      opened.addEventListener(name, (event: MessageEvent<string>) =>
        hear(JSON.parse(event.data) as Told, event),
      );
    opened.onopen = () => {
      streamState.value = 'open';
    };
    opened.onerror = () => {
      streamState.value = 'away';
      // A browser does not try again where it was answered with an error.
      if (opened.readyState === EventSource.CLOSED)
        timer = setTimeout(() => open(request, lastSeen), retry_ms);
    };
    on<Now>('now', (told) => {
      now.value = told;
    });
    on<AlertsPage>('alerts', (told) => {
      alertsTold.value = told;
    });
    on<Replay[]>('replays', (told) => {
      replaysTold.value = told;
    });
    on<TailFrame>('events', (frame, event) => {
      lastSeen = event.lastEventId;
      request?.onFrame(frame);
    });
  };
  const stop = effect(() => {
    lastSeen = null;
    open(tailRequest.value, null);
  });
  let hiding: ReturnType<typeof setTimeout> | undefined;
  const onVisibility = () => {
    clearTimeout(hiding);
    if (document.hidden) hiding = setTimeout(close, hidden_ms);
    else if (source === null) open(tailRequest.peek(), lastSeen);
  };
  document.addEventListener('visibilitychange', onVisibility);
  return () => {
    stop();
    close();
    clearTimeout(hiding);
    document.removeEventListener('visibilitychange', onVisibility);
  };
}
