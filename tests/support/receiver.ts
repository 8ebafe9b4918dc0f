import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Notification } from '@bitten/notify';
import { onTestFinished } from 'vitest';

/** A notification as it came in. */
export interface Received {
  id: string;
  notification: Notification;
  /** Sent back at once; undefined for one that is held. */
  status: number | undefined;
}

/** Somebody else's webhook: a real server that keeps all it is told. */
export class Receiver {
  readonly received: Received[] = [];
  /** What the next one is answered; undefined lets it wait for an answer that does not come. */
  answer: () => number | undefined = () => 204;
  readonly #server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => this.#take(String(request.headers['bitten-notification-id']), chunks, response));
  });

  /** On a port the system chooses; it ends with the test. */
  static async start(): Promise<Receiver> {
    const receiver = new Receiver();
    const server = receiver.#server;
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`;
  }

  /** The alerts that were taken, in the order they came. */
  get keys(): string[] {
    return this.received
      .filter(({ status }) => status === 204)
      .flatMap(({ notification }) => notification.alerts.map(({ key }) => key));
  }

  #take(id: string, chunks: readonly Buffer[], response: ServerResponse): void {
    const notification = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Notification;
    const status = this.answer();
    this.received.push({ id, notification, status });
    if (status !== undefined) response.writeHead(status).end();
  }
}
