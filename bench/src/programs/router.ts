import { Router } from 'zeromq';
import type { Commands } from '../system/program.js';
import { serve } from './serve.js';

/** The other end for zeromq.js alone: answers every message with a small one. */
export interface RouterCommands extends Commands {
  /** The port it listens on. */
  listen(): Promise<number>;
}

const commands: RouterCommands = {
  async listen() {
    const socket = new Router({ linger: 0 });
    await socket.bind('tcp://127.0.0.1:*');
    void answerAll(socket);
    return Number(socket.lastEndpoint!.slice(socket.lastEndpoint!.lastIndexOf(':') + 1));
  },
};

async function answerAll(socket: Router): Promise<void> {
  for await (const [sender] of socket) await socket.send([sender!, 'ok']);
}

serve(commands);
