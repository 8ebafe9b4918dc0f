import { lastSaid, type Program } from '@bitten/proof';
import type { BusClient, PublishReply } from '@bitten/transport';
import { onTestFinished } from 'vitest';
import { programs } from './places.js';
import { SmallDisk, type SmallDiskOptions } from './small-disk.js';
import type { System } from './system.js';

/** What the bus says, once, when its log cannot be written, and when it can again. */
export const cannotWrite = 'the log cannot be written';
export const canWrite = 'the log can be written again';

/** A small disk that is gone when the test has finished. Ask for it before the system that works on it. */
export function smallDisk(options: SmallDiskOptions): SmallDisk {
  const disk = new SmallDisk(options);
  onTestFinished(() => disk.remove());
  return disk;
}

/** A component that publishes steadily, with a spool on another disk than the bus's. */
export function startComponent(system: System, seed: string, run: number): Program {
  const publishedFile = system.file(`published-${run}`);
  const task = { name: 'webapp', run, seed, rate_per_s: 1_000, publishedFile };
  return system.runComponent('steady-publisher', task, { BITTEN_DATA_DIR: system.folder });
}

/** How many events a component has published. */
export function publishedBy(program: Program): number {
  return Number(lastSaid(program, 'published')?.published ?? 0);
}

/** How many lines of a program's log hold a text. */
export function timesSaid(program: Program, text: string): number {
  return program.log.filter((line) => line.includes(text)).length;
}

export async function untilLogged(program: Program, text: string): Promise<void> {
  await program.logged(text, ({ msg }) => msg?.includes(text) === true);
}

export interface RawBatch {
  producer: string;
  first: number;
  /** Events as objects; what is no valid event goes to the dead letters. */
  events: readonly object[];
}

/** Publishes without a bridge, once; returns the reply or the error. */
export async function tryPublish(
  system: System,
  { producer, first, events }: RawBatch,
): Promise<PublishReply | Error> {
  const client = await system.client();
  const body = Buffer.from(events.map((event) => JSON.stringify(event)).join('\n'));
  try {
    return await client.publish({ producer, first, count: events.length, acked: 0, body });
  } catch (error) {
    return error as Error;
  } finally {
    client.close();
  }
}

/** An event of about so many bytes. */
export function pingOf(bytes: number, mark: number): object {
  return { event_type: 'ping', timestamp: 1, source: 'test', data: { mark, filler: 'x'.repeat(bytes) } };
}

/** What `bitten stats` prints. */
export async function statsText(system: System): Promise<string> {
  const stats = system.run('bitten stats', programs.cli, { args: ['stats'] });
  await stats.ended();
  return stats.lines.join('\n');
}

/** Every place of the log from a position on, as a reader without a bridge gets them. */
export async function readSeqs(client: BusClient, from: number): Promise<number[]> {
  const seqs: number[] = [];
  for (let position = from; ; ) {
    const { runs, next, end } = await client.fetch({ from: position });
    for (const [seq, count] of runs) for (let i = 0; i < count; i += 1) seqs.push(seq + i);
    if (next >= end) return seqs;
    position = next;
  }
}
