import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { notBuilt } from '@bitten/proof';
import { describe, expect, it } from 'vitest';
import { createTraffic } from '../src/bench/traffic.js';
import { endOf, hears, isBuilt, Place } from './support/processes.js';

const options = { type: 'mix', run: 'bench-test', client: 0, size_bytes: 0 } as const;

describe('the events of a benchmark', () => {
  it('have the size asked for in the mean, and say which it is where they are larger', () => {
    const length = (bytes: number) => {
      const traffic = createTraffic({ ...options, size_bytes: bytes });
      const texts = Array.from({ length: 2_000 }, () => JSON.stringify(traffic.next()));
      const mean = texts.reduce((sum, text) => sum + text.length, 0) / texts.length;
      return { mean, said: traffic.bytes_mean };
    };
    expect(Math.abs(length(1_000).mean - 1_000)).toBeLessThan(10);
    expect(Math.abs(length(0).mean - length(0).said)).toBeLessThan(10);
  });

  it('are of one type where one is asked for', () => {
    const traffic = createTraffic({ ...options, type: 'market_data' });
    const types = new Set(Array.from({ length: 200 }, () => traffic.next().event_type));
    expect([...types]).toEqual(['market_data']);
  });
});

interface Printed {
  bus: string;
  failed: number;
  acked_per_s: number;
  stored_per_s: number | null;
  live: { p50_ms: number; max_ms: number } | null;
  receipts: { p50_ms: number; p99_ms: number; max_ms: number };
}

describe.skipIf(!isBuilt || notBuilt().length > 0)('bitten bench', () => {
  it('measures a bus of its own, and leaves nothing behind', async () => {
    const place = await Place.make();
    const dir = join(place.dataDir, 'elsewhere');
    mkdirSync(dir);
    const args = ['bench', '--msgs', '2000', '--clients', '2', '--dir', dir, '--json'];
    const { code, stdout, stderr } = await place.run(args);
    expect(code, stderr).toBe(0);
    const result = JSON.parse(stdout) as Printed;
    expect(result).toMatchObject({ bus: 'own', failed: 0, msgs: 2000, clients: 2 });
    expect(result.acked_per_s).toBeGreaterThan(0);
    expect(result.stored_per_s).toBeGreaterThan(0);
    expect(result.receipts.p50_ms).toBeGreaterThan(0);
    expect(result.receipts.max_ms).toBeGreaterThanOrEqual(result.receipts.p50_ms);
    expect(result.live?.p50_ms, 'by one clock').toBeGreaterThan(0);
    expect(result.live?.max_ms, 'by one clock').toBeLessThan(600_000);
    expect(readdirSync(dir)).toEqual([]);
  });

  it('ends in order at Ctrl-C, and takes everything away', async () => {
    const place = await Place.make();
    const child = place.start(['bench', '--rate', '100', '--dir', place.dataDir]);
    const ended = endOf(child);
    await hears(child, 'stderr', /Ctrl-C ends it/);
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
    expect(readdirSync(place.dataDir)).toEqual([]);
  });

  it('measures the bus that runs only where it is told twice, with events that mean nothing to anybody', async () => {
    const place = await Place.make();
    await place.startBus();
    const refused = await place.run(['bench', '--live', '--msgs', '10']);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') as string });
    const dangerous = await place.run(['bench', '--live', '--yes', '--type', 'mix']);
    expect(dangerous).toMatchObject({ code: 2, stdout: '' });
    const { code, stdout } = await place.run(['bench', '--live', '--yes', '--msgs', '10', '--csv']);
    expect(code).toBe(0);
    const [head, row] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(','));
    expect(row?.[head!.indexOf('msgs')]).toBe('10');
    expect(await place.events('bitten_bench')).toHaveLength(10);
    expect(await place.events('fire_command')).toEqual([]);
  });

  it('says what it wants', async () => {
    const place = await Place.make();
    const { code, stderr } = await place.run(['bench', '--clients', 'many']);
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--clients') as string,
    });
  });
});
