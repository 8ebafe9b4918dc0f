/** The signals that ask a program to end. */
export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/**
 * One press of Ctrl-C can arrive twice: from the terminal, and again from a parent that forwards it. A repeat
 * within this time is the same press.
 */
const echo_ms = 250;

/**
 * Calls `onStop` at the first signal, and `onHurry` at the next SIGINT that is not an echo of it: who presses
 * Ctrl-C twice does not want to wait. Returns the way to let go of the signals.
 */
export function watchSignals(handlers: {
  onStop: (signal: StopSignal) => void;
  onHurry: () => void;
}): () => void {
  let stoppedAt: number | undefined;
  const receive = (signal: NodeJS.Signals) => {
    if (stoppedAt === undefined) {
      stoppedAt = performance.now();
      handlers.onStop(signal as StopSignal);
    } else if (signal === 'SIGINT' && performance.now() - stoppedAt > echo_ms) handlers.onHurry();
  };
  const signals: StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, receive);
  return () => {
    for (const signal of signals) process.off(signal, receive);
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
