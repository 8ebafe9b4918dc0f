import type { Mutation } from './mutation.js';

const log = 'packages/storage/dist';
const store = 'packages/storage/dist/store';
const broker = 'packages/broker/dist';
const bridge = 'packages/bridge/dist';

/**
 * The mistakes that would break the promises, each made in the built code. The texts are those of the build; one
 * that is not found there exactly once stops the command, so that none of them can become a mutation of nothing.
 */
export const mutations: readonly Mutation[] = [
  {
    name: 'fsync-removed',
    what: 'the log is written and never synced',
    changes: [
      {
        folder: log,
        find: 'this.fd = io.open(segment.path, durableWrites ? openFlags.writeDurably : openFlags.write);',
        replace: 'this.fd = io.open(segment.path, openFlags.write);',
      },
      { folder: log, find: 'this.#syncs = durable && !durableWrites;', replace: 'this.#syncs = false;' },
    ],
    caughtBy: 'power cuts',
  },
  {
    name: 'ack-before-fsync',
    what: 'receipts are sent when a batch is staged',
    changes: [
      {
        folder: broker,
        find: 'if (onDone !== void 0) this.#waiters.push(onDone);',
        replace: 'if (onDone !== void 0) onDone(null);',
      },
    ],
    caughtBy: 'the bus dies before an append',
  },
  {
    name: 'cursor-outside-transaction',
    what: "the store's cursor moves before the rows, in a transaction of its own",
    changes: [
      {
        folder: store,
        find: 'items = remainder(span, { log, cursor: this.#info.cursor(log), logId: this.#info.logId() });\n        if (items === null) return;',
        replace:
          'items = remainder(span, { log, cursor: this.#info.cursor(log), logId: this.#info.logId() });\n        if (items === null) return;\n        this.#info.advance(log, span.next); this.#db.exec("COMMIT; BEGIN IMMEDIATE");',
      },
    ],
    caughtBy: 'the collector dies before it commits',
  },
  {
    name: 'dedupe-off',
    what: 'what is sent again is appended again',
    changes: [
      {
        folder: broker,
        find: 'duplicates: Math.min(count, last + 1 - first) };',
        replace: 'duplicates: 0 };',
      },
    ],
    caughtBy: 'the bus dies between fsync and acknowledgement',
  },
  {
    name: 'dedupe-forgets',
    what: 'how far producers had come is not read when the log is opened',
    changes: [
      {
        folder: log,
        find: 'function noteRecord(producers, header, buffer, at) {',
        replace: 'function noteRecord(producers, header, buffer, at) {\n  return;',
      },
    ],
    caughtBy: 'the bus dies between fsync and acknowledgement',
  },
  {
    name: 'crc-unchecked',
    what: 'records are read without comparing their checksums',
    changes: [
      {
        folder: log,
        find: 'return crc32(buffer.subarray(offset + 4, offset + length)) === buffer.readUInt32LE(offset);',
        replace: 'return true;',
      },
    ],
    caughtBy: 'a bit turns in a closed segment',
  },
  {
    name: 'spool-cleared-early',
    what: 'a spool is removed when it has been sent, before it is acknowledged',
    changes: [
      {
        folder: bridge,
        find: 'return this.#o.spool.read(from);',
        replace:
          'const batch = this.#o.spool.read(from); if (batch !== null) this.acknowledge(batch); return batch;',
      },
    ],
    caughtBy: 'a publisher dies when it has let go of a spool',
  },
  {
    name: 'dead-letters-dropped',
    what: 'invalid events are refused and not kept',
    changes: [
      {
        folder: broker,
        find: 'this.#write(deadLetters);',
        replace: 'deadLetters.discard();',
      },
    ],
    caughtBy: 'nothing but load',
  },
  {
    name: 'seq-reused',
    what: 'after a restart the last seq is given again',
    changes: [
      {
        folder: log,
        find: 'last.endSeq = end.seq;',
        replace: 'last.endSeq = Math.max(last.firstSeq, end.seq - 1);',
      },
    ],
    caughtBy: 'the bus dies before an append',
  },
  {
    name: 'wrong-place',
    what: 'receipts tell the place of the event before',
    changes: [
      {
        folder: broker,
        find: 'into.placements.push({ producerSeq, seq, count });',
        replace: 'into.placements.push({ producerSeq, seq: seq - 1, count });',
      },
    ],
    caughtBy: 'nothing but load',
  },
  {
    name: 'folder-not-synced',
    what: 'a new segment is renamed into place and its folder is not synced',
    changes: [
      {
        folder: log,
        find: 'io.rename(temporary, path);\n  if (durable) io.syncDir(dir);\n  return {',
        replace: 'io.rename(temporary, path);\n  return {',
      },
    ],
    caughtBy: 'power cuts, injected',
  },
];
