import { spawnSync } from 'node:child_process';
import { request } from 'node:http';
import type { Program } from '@bitten/proof';

export interface Answer {
  status: number;
  headers: NodeJS.Dict<string | string[]>;
  body: string;
}

/** Asks an app for a page of its health. Patient: an app may be at work within one long call. */
export function ask(
  port: number,
  path: string,
  { method = 'GET', host = `127.0.0.1:${port}` }: { method?: string; host?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers: { host }, timeout: 60_000 });
    asked.once('error', reject);
    asked.once('timeout', () => asked.destroy(new Error(`${path}: no answer within a minute`)));
    asked.once('response', (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.once('error', reject);
      response.once('end', () => resolve({ status: response.statusCode!, headers: response.headers, body }));
    });
    asked.end();
  });
}

/** The port on which an app says that it serves its metrics. */
export async function healthPortOf(program: Program): Promise<number> {
  const { http } = await program.logged('ready', ({ msg }) => msg === 'ready');
  if (typeof http !== 'number') throw new Error(`${program.name} serves no metrics`);
  return http;
}

/** What an app serves as its metrics. */
export async function scrape(port: number): Promise<string> {
  const { status, body } = await ask(port, '/metrics');
  if (status !== 200) throw new Error(`/metrics answered ${status}: ${body}`);
  return body;
}

/** Each line of a text of metrics: `name{labels}` and its value. */
export function metricsIn(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const end = line.lastIndexOf(' ');
      return [line.slice(0, end), Number(line.slice(end + 1))];
    }),
  );
}

/** What promtool has to complain of in a text of metrics; empty where it is content. */
export function complaintsOf(text: string): string {
  const { status, stdout, stderr, error } = spawnSync('promtool', ['check', 'metrics'], {
    input: text,
    encoding: 'utf8',
    timeout: 60_000,
  });
  if (error !== undefined) throw error;
  const said = `${stdout}${stderr}`.trim();
  return status === 0 ? said : `exit ${status}: ${said}`;
}
