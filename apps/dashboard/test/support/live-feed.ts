import { createRequire } from 'node:module';
import { type System, until } from './system.js';

/** ZeroMQ as transport has it: a test listens as any subscriber would. */
const zmq = createRequire(createRequire(import.meta.url).resolve('@bitten/transport'))('zeromq') as {
  Subscriber: new () => AsyncIterable<Buffer[]> & {
    connect: (to: string) => void;
    subscribe: (...topics: string[]) => void;
    close: () => void;
  };
};

export interface Heard {
  topic: string;
  event: { event_type: string; timestamp: number; seq: number; replay?: { id: string } };
}

/** Hears everything that comes over the live feed, replayed or not, in order; `hello` is published until it is heard. */
export async function listen(system: System, hello: object): Promise<Heard[]> {
  const socket = new zmq.Subscriber();
  system.over(() => socket.close());
  const heard: Heard[] = [];
  void (async () => {
    for await (const [topic, body] of socket) {
      heard.push({ topic: String(topic), event: JSON.parse(String(body)) as Heard['event'] });
    }
  })();
  socket.subscribe('');
  socket.connect(`tcp://127.0.0.1:${system.pubPort}`);
  // Subscribing takes its time: it is there when something of now is heard.
  await until(async () => {
    await system.publish(hello);
    return heard.length > 0;
  });
  return heard;
}
