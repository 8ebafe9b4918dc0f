import { isBlank, RecordHeader, recordHeaderBytes } from './record.js';

export interface WalkEnd {
  /** Where the walk stopped, in the buffer. */
  offset: number;
  /** The place of the event that stands there, or should. */
  seq: number;
  /**
   * `end`: exactly at the end of the room; `stopped`: by the visitor; `short`: the record goes on past the
   * buffer, `need` bytes are needed of it; `blank`: nothing was written there; `bad`: no record can be that.
   */
  why: 'end' | 'stopped' | 'short' | 'blank' | 'bad';
  need: number;
}

export interface WalkOptions {
  /** The place the first record must have. */
  seq: number;
  /** Bytes from the buffer's beginning to the end of what may be read of the file. */
  room: number;
  /** Called for each record that lies wholly in the buffer; false stops before it. The header is reused. */
  visit: (header: RecordHeader, offset: number) => boolean;
}

/** Goes from record to record, checking that their places follow each other. Checksums are the visitor's. */
export function walk(buffer: Buffer, { seq, room, visit }: WalkOptions): WalkEnd {
  const header = new RecordHeader();
  let offset = 0;
  let expected = seq;
  const end = (why: WalkEnd['why'], need = 0): WalkEnd => ({ offset, seq: expected, why, need });
  for (;;) {
    const left = room - offset;
    if (left === 0) return end('end');
    if (left < recordHeaderBytes) return end(buffer.subarray(offset).every(isZero) ? 'blank' : 'bad');
    if (buffer.length - offset < recordHeaderBytes) return end('short', recordHeaderBytes);
    header.fill(buffer, offset);
    if (header.seq !== expected || !header.isPlausible || header.length > left) {
      return end(isBlank(buffer, offset) ? 'blank' : 'bad');
    }
    if (header.length > buffer.length - offset) return end('short', header.length);
    if (!visit(header, offset)) return end('stopped');
    offset += header.length;
    expected += header.count;
  }
}

function isZero(byte: number): boolean {
  return byte === 0;
}
