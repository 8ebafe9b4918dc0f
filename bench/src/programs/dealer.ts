import { Dealer } from 'zeromq';
import { now_ms } from '../measure/clock.js';
import type { Commands } from '../system/program.js';
import { serve } from './serve.js';

/** zeromq.js alone, without anything of ours around it. */
export interface DealerCommands extends Commands {
  /** How long each of so many messages of 300 bytes took, one at a time, to be answered. */
  roundTrips(options: { port: number; count: number }): Promise<Float64Array>;
  /** How long so many bodies took, milliseconds, each answered, so many on the way at once. */
  batches(options: BatchesOptions): Promise<number>;
}

interface BatchesOptions {
  port: number;
  count: number;
  body_bytes: number;
  window: number;
}

const commands: DealerCommands = {
  async roundTrips({ port, count }) {
    const socket = connected(port);
    const body = Buffer.alloc(300, 'x');
    const took_ms = new Float64Array(count);
    for (let index = 0; index < count; index += 1) {
      const sent_ms = now_ms();
      await socket.send(body);
      await socket.receive();
      took_ms[index] = now_ms() - sent_ms;
    }
    socket.close();
    return took_ms;
  },
  async batches({ port, count, body_bytes, window }) {
    const socket = connected(port);
    const body = Buffer.alloc(body_bytes, 'x');
    const started_ms = now_ms();
    let sent = 0;
    while (sent < Math.min(window, count)) {
      await socket.send(body);
      sent += 1;
    }
    for (let answered = 0; answered < count; answered += 1) {
      await socket.receive();
      if (sent < count) {
        await socket.send(body);
        sent += 1;
      }
    }
    socket.close();
    return now_ms() - started_ms;
  },
};

function connected(port: number): Dealer {
  const socket = new Dealer({ linger: 0 });
  socket.connect(`tcp://127.0.0.1:${port}`);
  return socket;
}

serve(commands);
