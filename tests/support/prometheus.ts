import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { until } from '@bitten/proof';
import { onTestFinished } from 'vitest';
import type { System } from './system.js';
import { findCommand } from './tools.js';

export const hasPrometheus = findCommand('prometheus') && findCommand('promtool');

/** A Prometheus that asks apps for their metrics twice a second; it is ended with the test. */
export class Prometheus {
  readonly #address: string;

  private constructor(port: number) {
    this.#address = `http://127.0.0.1:${port}`;
  }

  /** `ports` by app. */
  static async start(system: System, ports: Record<string, number>): Promise<Prometheus> {
    const port = await freePort();
    const targets = Object.entries(ports).map(([app, at]) => ({
      targets: [`127.0.0.1:${at}`],
      labels: { app },
    }));
    // YAML takes JSON.
    const config = {
      global: { scrape_interval: '500ms', scrape_timeout: '500ms' },
      scrape_configs: [{ job_name: 'bitten', static_configs: targets }],
    };
    const file = system.file('prometheus.yml');
    writeFileSync(file, JSON.stringify(config));
    const child = spawn(
      'prometheus',
      [
        `--config.file=${file}`,
        `--storage.tsdb.path=${join(system.folder, 'prometheus')}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      { stdio: 'ignore' },
    );
    const ended = new Promise((resolve) => child.once('close', resolve));
    onTestFinished(async () => {
      child.kill('SIGKILL');
      await ended;
    });
    const prometheus = new Prometheus(port);
    await until('Prometheus to be ready', () => prometheus.#isReady());
    return prometheus;
  }

  /** The samples of an expression now. Throws where it cannot be read. */
  async query(expr: string): Promise<Array<{ labels: Record<string, string>; value: number }>> {
    const { result } = (await this.#get(`/api/v1/query?query=${encodeURIComponent(expr)}`)) as {
      result: Array<{ metric: Record<string, string>; value: [number, string] }>;
    };
    return result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
  }

  /** The names of all metrics that are described, also of those without a sample. */
  async described(): Promise<string[]> {
    return Object.keys((await this.#get('/api/v1/metadata')) as Record<string, unknown>);
  }

  async #get(path: string): Promise<unknown> {
    const response = await fetch(`${this.#address}${path}`, { signal: AbortSignal.timeout(30_000) });
    const { status, data, error } = (await response.json()) as {
      status: string;
      data: unknown;
      error?: string;
    };
    if (status !== 'success') throw new Error(`${decodeURIComponent(path)}: ${error}`);
    return data;
  }

  async #isReady(): Promise<boolean> {
    try {
      return (await fetch(`${this.#address}/-/ready`, { signal: AbortSignal.timeout(5_000) })).ok;
    } catch {
      return false;
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
