import type { Event, Socket } from 'zeromq';

/**
 * Hands over what happens to a socket's connections, in order, until the socket has been closed and ZeroMQ has
 * said its last word.
 *
 * Once a socket has an observer, somebody must read it to the end. libzmq sends monitor events with a blocking
 * send from its I/O thread: an observer that was closed, or that nobody reads for a thousand events, stops that
 * thread and with it every socket of the process. So there is no way to stop this but to close the socket.
 */
export async function watchConnections(socket: Socket, onEvent: (event: Event) => void): Promise<void> {
  const observer = socket.events;
  while (!observer.closed) {
    const event = await observer.receive();
    if (event.type === 'end') return;
    onEvent(event);
  }
}
