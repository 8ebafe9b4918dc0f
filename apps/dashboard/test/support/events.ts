import { request } from 'node:http';
import { onTestFinished } from 'vitest';
import { until } from './system.js';

/** One message of a stream. */
export interface Message {
  event: string;
  id: string | undefined;
  data: unknown;
}

/** Reads a stream of server-sent events, as a browser does. Closed with the test. */
export class Watcher {
  readonly messages: Message[] = [];
  status: number | undefined;
  readonly close: () => void;
  #rest = '';

  constructor(url: string, headers: Record<string, string> = {}) {
    const asked = request(url, { headers, agent: false }, (response) => {
      this.status = response.statusCode;
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => this.#read(chunk));
      response.on('error', () => undefined);
    });
    asked.on('error', () => undefined);
    asked.end();
    this.close = () => asked.destroy();
    onTestFinished(this.close);
  }

  of<Data>(event: string): Data[] {
    return this.messages.filter((message) => message.event === event).map(({ data }) => data as Data);
  }

  get lastId(): string | undefined {
    return this.messages.at(-1)?.id;
  }

  async heard(event: string, count = 1): Promise<void> {
    await until(() => this.of(event).length >= count);
  }

  #read(chunk: string): void {
    const parts = `${this.#rest}${chunk}`.split('\n\n');
    this.#rest = parts.pop()!;
    for (const part of parts) {
      const fields = new Map(
        part.split('\n').map((line) => [line.split(': ', 1)[0]!, line.slice(line.indexOf(': ') + 2)]),
      );
      const event = fields.get('event');
      if (event === undefined) continue;
      this.messages.push({ event, id: fields.get('id'), data: JSON.parse(fields.get('data')!) });
    }
  }
}
