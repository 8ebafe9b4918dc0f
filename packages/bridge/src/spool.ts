import { readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { limits, producerPattern } from '@bitten/schema';
import { type Log, type LogRecord, openLog } from '@bitten/storage/log';
import { claim, disown, makeOwnFolder, sweepUnfinished } from './spool-owner.js';

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
  #bytes: number;

  /** Throws what opening and reading a log throw. */
  private constructor(dir: string) {
    this.#dir = dir;
    this.producer = basename(dir);
    this.#log = openLog({ dir, durability: 'none', segmentBytesMax });
    this.#bytes = this.#log.stats().bytes;
    try {
      const [first] = this.#log.read(this.#log.firstSeq, 1);
      if (first !== undefined) this.#offset = first.producerSeq - first.seq;
    } catch (error) {
      this.#log.close();
      throw error;
    }
  }

  /** Begins a spool. Throws what the file system throws; the caller then keeps its events in memory. */
  static open({ dir, producer }: SpoolOptions): Spool {
    const own = join(dir, producer);
    makeOwnFolder(own);
    return new Spool(own);
  }

  /** The folders of spools, alive or left behind, oldest first; ids are ordered by time. */
  static list(dir: string): string[] {
    try {
      sweepUnfinished(dir);
      return readdirSync(dir, { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && producerPattern.test(entry.name) && entry.name[0] !== '.')
        .map((entry) => join(dir, entry.name))
        .sort();
    } catch {
      return [];
    }
  }

  /**
   * Takes over a spool that was left behind; null where its process lives, where it is gone, or where nothing is
   * in it. Throws what opening a log throws; the spool is then left where it is.
   */
  static adopt(own: string): Spool | null {
    if (!claim(own)) return null;
    const spool = new Spool(own);
    if (spool.first !== undefined) return spool;
    spool.delete();
    return null;
  }

  get bytes(): number {
    return this.#bytes;
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
    this.#bytes = this.#log.stats().bytes;
    this.#offset ??= first - (this.#log.nextSeq - count);
  }

  /** The batch that begins at a producer sequence; null past the end. Throws what reading a log throws. */
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
    this.#bytes = this.#log.stats().bytes;
  }

  /** Removes the spool: everything in it has been acknowledged. */
  delete(): void {
    this.#log.close();
    rmSync(this.#dir, { recursive: true, force: true });
  }

  /** Leaves it to the next bridge of this name. */
  close(): void {
    this.#log.close();
    disown(this.#dir);
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
