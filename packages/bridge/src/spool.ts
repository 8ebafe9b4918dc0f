import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { limits } from '@bitten/schema';
import { type Log, type LogRecord, openLog } from '@bitten/storage/log';

/** Events of one producer with consecutive numbers. */
export interface Batch {
  first: number;
  count: number;
  /** NDJSON. */
  body: Buffer;
}

const segmentBytesMax = 4 * 1024 * 1024;
const batchBytesMax = 256 * 1024;
const newline = Buffer.from('\n');

interface SpoolOptions {
  /** The folder of all spools of a component of this name. */
  dir: string;
  producer: string;
}

/**
 * A producer's own small log on disk, for what the bus has not acknowledged while it is away.
 *
 * **Ordering.** Batches are read back in the order of the producer's numbers.
 *
 * **Failure.** What `append` has returned from survives the death of the process (not of the machine: nothing
 * here has been acknowledged to anybody). After a restart the next bridge of the same name delivers it under
 * the old producer's id, so that the bus recognises what it had already.
 */
export class Spool {
  readonly producer: string;
  readonly #dir: string;
  readonly #log: Log;
  /** Producer sequence minus place in the spool's log: constant, both are consecutive. */
  #offset: number | null = null;

  private constructor(dir: string, producer: string, log: Log) {
    this.#dir = dir;
    this.producer = producer;
    this.#log = log;
    const [first] = log.nextSeq > log.firstSeq ? log.read(log.firstSeq, 1) : [];
    if (first !== undefined) this.#offset = first.producerSeq - first.seq;
  }

  /** Throws what the file system throws; the caller then keeps its events in memory. */
  static open({ dir, producer }: SpoolOptions): Spool {
    const own = join(dir, producer);
    mkdirSync(own, { recursive: true, mode: 0o700 });
    writeFileSync(join(own, 'owner.json'), JSON.stringify(self()), { mode: 0o600 });
    return new Spool(own, producer, openLog({ dir: own, durability: 'none', segmentBytesMax }));
  }

  /**
   * The spools that processes of this name left behind, oldest first; ids are ordered by time. One that cannot
   * be opened is reported and left where it is.
   */
  static orphans(dir: string, onTrouble: (error: unknown) => void): Spool[] {
    const spools: Spool[] = [];
    for (const producer of listDirs(dir).sort()) {
      const own = join(dir, producer);
      if (isAlive(own)) continue;
      try {
        spools.push(new Spool(own, producer, openLog({ dir: own, durability: 'none', segmentBytesMax })));
      } catch (error) {
        onTrouble(error);
      }
    }
    return spools;
  }

  get bytes(): number {
    return this.#log.stats().bytes;
  }

  /** The lowest producer sequence held; undefined where the spool is empty. */
  get first(): number | undefined {
    return this.#offset === null ? undefined : this.#log.firstSeq + this.#offset;
  }

  /** The highest producer sequence ever held; 0 where there was none. */
  get last(): number {
    return this.#offset === null ? 0 : this.#log.nextSeq - 1 + this.#offset;
  }

  /** Throws `LogUnavailableError` where the disk refuses; nothing of the batch is then in the spool. */
  append({ first, count, body }: Batch): void {
    this.#log.stage({
      producer: this.producer,
      producerSeq: first,
      count,
      appendedAt: Date.now() / 1000,
      body,
    });
    this.#log.commit();
    this.#offset ??= first - (this.#log.nextSeq - count);
  }

  /** The batch that begins at a producer sequence; null past the end. */
  read(from: number): Batch | null {
    if (this.#offset === null) return null;
    const place = Math.max(from - this.#offset, this.#log.firstSeq);
    if (place >= this.#log.nextSeq) return null;
    return joinRecords(this.#log.read(place, batchBytesMax));
  }

  /** Frees the disk of what was acknowledged, a segment at a time. */
  release(upTo: number): void {
    if (this.#offset === null) return;
    this.#log.retain({ floor: Math.min(upTo + 1 - this.#offset, this.#log.nextSeq), bytesMax: 0 });
  }

  /** Removes the spool: everything in it has been acknowledged. */
  delete(): void {
    this.#log.close();
    rmSync(this.#dir, { recursive: true, force: true });
  }

  close(): void {
    this.#log.close();
  }
}

/** Small records, one a turn of the event loop, become one batch: draining is then a matter of few requests. */
function joinRecords(records: readonly LogRecord[]): Batch | null {
  const first = records[0];
  if (first === undefined) return null;
  const parts: Buffer[] = [];
  let count = 0;
  for (const record of records) {
    if (count > 0 && count + record.count > limits.batch_events_max) break;
    if (parts.length > 0) parts.push(newline);
    parts.push(record.body);
    count += record.count;
  }
  return { first: first.producerSeq, count, body: Buffer.concat(parts) };
}

interface Owner {
  pid: number;
  /** Clock ticks since boot, where /proc tells: a number that is used again is then not mistaken for its owner. */
  started: string | null;
}

function self(): Owner {
  return { pid: process.pid, started: startOf(process.pid) };
}

function isAlive(dir: string): boolean {
  try {
    const owner = JSON.parse(readFileSync(join(dir, 'owner.json'), 'utf8')) as Owner;
    process.kill(owner.pid, 0);
    return owner.started === startOf(owner.pid);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The 22nd field; the second, in brackets, may itself hold spaces.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

function listDirs(dir: string): string[] {
  try {
    return readdirSync(dir, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  } catch {
    return [];
  }
}
