/** What this needs of a zeromq.js socket. */
export interface Receiver {
  readonly closed: boolean;
  receive(): Promise<Buffer[]>;
}

/**
 * Hands over every message of a socket, in order, until the socket is closed.
 *
 * All messages that are ready are handed over before a `setImmediate` fires: `receive` of zeromq.js 6 returns a
 * resolved promise while there are messages, so this loop goes on as microtasks, without a turn of the event
 * loop between two messages. After 512 of them zeromq.js goes through the loop's check phase once, ahead of
 * node's own immediates, so a `setImmediate` asked for at the first message of a burst runs after at most about
 * a thousand messages. The bus relies on this for its group commit; a test holds it.
 *
 * Where `onMessage` returns a promise the next message is left in the socket until it resolves: ZeroMQ, then TCP,
 * then hold the senders back.
 *
 * Rejects with what `onMessage` throws, and with what zeromq.js rejects with on a socket that is not closed:
 * both are bugs here, not weather.
 */
export async function receiveAll(
  socket: Receiver,
  onMessage: (frames: Buffer[]) => void | Promise<void>,
): Promise<void> {
  while (!socket.closed) {
    let frames: Buffer[];
    try {
      frames = await socket.receive();
    } catch (error) {
      // Closing a socket makes its pending receive fail; that is the way out of this loop.
      if (socket.closed) return;
      throw error;
    }
    const pause = onMessage(frames);
    // Only where there is one: an `await` of nothing would give up the turn.
    if (pause !== undefined) await pause;
  }
}

/** Makes an error that nobody awaits stop the process loudly: it is a bug, and going on would hide it. */
export function failLoudly(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
