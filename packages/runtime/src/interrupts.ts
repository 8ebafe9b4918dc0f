import type { EventEmitter } from 'node:events';

/** The signals that ask a program to end. */
type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/**
 * One press of Ctrl-C can arrive twice: from the terminal, and again from a parent that forwards it. A repeat
 * within this time is the same press.
 */
const echo_ms = 250;

export interface WatchSignals {
  onStop: (signal: StopSignal) => void;
  onHurry: () => void;
  /** Where signals come from and what time it is; for tests. */
  source?: Pick<EventEmitter, 'on' | 'off'>;
  now?: () => number;
}

/**
 * Calls `onStop` at the first signal, and `onHurry` at the next SIGINT that is not an echo of it: who presses
 * Ctrl-C twice does not want to wait. Returns the way to let go of the signals.
 */
export function watchSignals(options: WatchSignals): () => void {
  const { onStop, onHurry, source = process, now = () => performance.now() } = options;
  let stoppedAt: number | undefined;
  const receive = (signal: StopSignal) => {
    if (stoppedAt === undefined) {
      stoppedAt = now();
      onStop(signal);
    } else if (signal === 'SIGINT' && now() - stoppedAt > echo_ms) onHurry();
  };
  const signals: StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) source.on(signal, receive);
  return () => {
    for (const signal of signals) source.off(signal, receive);
  };
}

/** Calls back for what nobody caught. The process goes on until it is told to end. */
export function watchUncaught(onError: (error: unknown) => void): () => void {
  process.on('uncaughtException', onError);
  process.on('unhandledRejection', onError);
  return () => {
    process.off('uncaughtException', onError);
    process.off('unhandledRejection', onError);
  };
}

/** Calls back once the reader of standard output has gone away: `bitten tail | head -1`. Never an exception. */
export function watchBrokenPipe(onBroken: () => void): () => void {
  const receive = (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') onBroken();
    else throw error;
  };
  const ignore = () => {};
  process.stdout.on('error', receive);
  process.stderr.on('error', ignore);
  return () => {
    process.stdout.off('error', receive);
    process.stderr.off('error', ignore);
  };
}

/**
 * Calls back when the parent that holds the other end of our channel is gone, where it has asked for that by
 * `BITTEN_STOP_WITH_PARENT=1`: it started us in a process group of our own, and no signal would reach us.
 */
export function watchParent(onGone: () => void): () => void {
  if (process.env.BITTEN_STOP_WITH_PARENT !== '1') return () => {};
  process.once('disconnect', onGone);
  return () => {
    process.off('disconnect', onGone);
  };
}
