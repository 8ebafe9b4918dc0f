import type { Link } from './link.js';

/** Waits; ends early when the connection changes, so that work goes on as soon as the bus is back, and at an abort. */
export async function pauseUntilChange(link: Link, ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      stopListening();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    const stopListening = link.onStatus(done);
    signal.addEventListener('abort', done);
  });
}
