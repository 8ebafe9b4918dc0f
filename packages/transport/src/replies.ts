import type { Issue } from '@bitten/schema';
import { type Fields, isObject, isWhole, readList, readNumber, readText, readWhole, show } from './checks.js';
import { BadReplyError } from './errors.js';
import { frame_bytes_max } from './frames.js';
import type {
  BusStats,
  CursorInfo,
  FetchReply,
  HelloReply,
  LastValuesReply,
  Op,
  PlacementRun,
  PublishReply,
  RejectedEvent,
  ReplayReply,
  Replies,
  Reply,
  SeqRun,
  SuccessReply,
  WireError,
} from './messages.js';
import { protocolVersion } from './messages.js';
import { parseHeader } from './requests.js';

const empty = Buffer.alloc(0);

/** The frames of a reply. A body is sent without a copy: it must not be changed afterwards. */
export function encodeReply(id: number, reply: Reply): [header: string] | [header: string, body: Buffer] {
  if (reply.op === 'error') {
    return [JSON.stringify({ v: protocolVersion, id, ok: false, error: reply.error })];
  }
  const head = { v: protocolVersion, id, ok: true, ...reply, op: undefined };
  if (!isPage(reply)) return [JSON.stringify(head)];
  return [JSON.stringify({ ...head, body: undefined }), reply.body];
}

/** Whether a reply has a body: it is bounded in bytes, and always carries a mark. */
export function isPage(reply: Reply): reply is SuccessReply<'fetch'> | SuccessReply<'last_values'> {
  return reply.op === 'fetch' || reply.op === 'last_values';
}

/** The header of a reply with a mark on it (docs/PROTOCOL.md section 1.1). */
export function withMark(header: string, mark: number): string {
  return `${header.slice(0, -1)},"mark":${mark}}`;
}

/** A reply whose fields are still to be read, by the operation it answers: the wire does not name it. */
export type ReplyHeader =
  | { id: number; ok: true; mark: number | undefined; fields: Fields; body: Buffer }
  | { id: number; ok: false; error: WireError };

/**
 * Reads the part of a reply that is the same for every operation. A full page of single events, or a batch of
 * rejected ones, has a header of more than a megabyte: only a frame's limit bounds it.
 * Throws `BadReplyError` and nothing else.
 */
export function decodeReply(frames: readonly Buffer[]): ReplyHeader {
  const fields = parseHeader(frames[0], frame_bytes_max);
  if (fields === undefined) throw refuse('header', 'something else', 'a JSON object');
  if (fields.v !== protocolVersion) throw refuse('v', show(fields.v), String(protocolVersion));
  const id = readNumber(fields, 'id', refuse);
  if (fields.ok === true) {
    const mark = typeof fields.mark === 'number' ? fields.mark : undefined;
    return { id, ok: true, mark, fields, body: frames[1] ?? empty };
  }
  if (fields.ok !== false) throw refuse('ok', show(fields.ok), 'true or false');
  return { id, ok: false, error: readError(fields.error) };
}

/** Reads what one operation answers. Throws `BadReplyError` and nothing else. */
export function readReply<Name extends Op>(op: Name, fields: Fields, body: Buffer): Replies[Name] {
  return replyReaders[op](fields, body);
}

const replyReaders: { [Name in Op]: (fields: Fields, body: Buffer) => Replies[Name] } = {
  hello: readHello,
  ping: () => ({}),
  publish: readPublish,
  producer: (fields) => ({ last: readWhole(fields, 'last', { min: 0 }, refuse) }),
  fetch: readFetch,
  replay: readReplay,
  last_values: readLastValues,
  cursor_open: readPlace,
  cursor_commit: readPlace,
  cursor_list: (fields) => ({ cursors: readList(fields, 'cursors', refuse).map(readCursor) }),
  cursor_reset: readPlace,
  cursor_delete: () => ({}),
  stats: readStats,
};

function refuse(field: string, found: string, expected: string): BadReplyError {
  return new BadReplyError(field, found, expected);
}

function readError(error: unknown): WireError {
  if (!isObject(error)) throw refuse('error', show(error), 'an object');
  const checked: WireError = {
    code: readText(error, 'code', refuse),
    message: typeof error.message === 'string' ? error.message : '',
  };
  if (typeof error.found === 'string') checked.found = error.found;
  if (typeof error.expected === 'string' || typeof error.expected === 'number') {
    checked.expected = error.expected;
  }
  if (typeof error.remedy === 'string') checked.remedy = error.remedy;
  if (typeof error.why === 'string') checked.why = error.why;
  if (isWhole(error.end, 0)) checked.end = error.end;
  if (isWhole(error.retry_ms, 0)) checked.retry_ms = error.retry_ms;
  if (isObject(error.gap)) {
    checked.gap = {
      from: readWhole(error.gap, 'from', { min: 0 }, refuse),
      to: readWhole(error.gap, 'to', { min: 0 }, refuse),
      why: readText(error.gap, 'why', refuse),
    };
  }
  if (isObject(error.place)) {
    checked.place = {
      file: readText(error.place, 'file', refuse),
      offset: readWhole(error.place, 'offset', { min: 0 }, refuse),
      seq: readWhole(error.place, 'seq', { min: 0 }, refuse),
    };
  }
  return checked;
}

function readHello(fields: Fields): HelloReply {
  const limits = isObject(fields.limits) ? fields.limits : {};
  const numbers = Object.entries(limits).filter((entry): entry is [string, number] => {
    return typeof entry[1] === 'number';
  });
  return {
    server: readText(fields, 'server', refuse),
    log_id: readText(fields, 'log_id', refuse),
    first: readWhole(fields, 'first', { min: 1 }, refuse),
    next: readWhole(fields, 'next', { min: 1 }, refuse),
    limits: Object.fromEntries(numbers),
  };
}

function readPublish(fields: Fields): PublishReply {
  const { level } = fields;
  if (level !== 'fsynced' && level !== 'written') {
    throw refuse('level', show(level), '"fsynced" or "written"');
  }
  const rejected = fields.rejected === undefined ? [] : readList(fields, 'rejected', refuse);
  return {
    level,
    seqs: readList(fields, 'seqs', refuse).map(readPlacement),
    rejected: rejected.map(readRejected),
  };
}

function readPlacement(run: unknown): PlacementRun {
  if (Array.isArray(run)) {
    const [producerSeq, seq, count] = run as unknown[];
    if (isWhole(producerSeq, 1) && (seq === null || isWhole(seq, 1)) && isWhole(count, 1)) {
      return [producerSeq, seq, count];
    }
  }
  throw refuse('seqs', show(run), 'runs of [producer_seq, seq, count]');
}

function readRejected(entry: unknown): RejectedEvent {
  if (!isObject(entry)) throw refuse('rejected', show(entry), 'a list of objects');
  return {
    producer_seq: readWhole(entry, 'producer_seq', { min: 1 }, refuse),
    dead_letter: entry.dead_letter === null ? null : readWhole(entry, 'dead_letter', { min: 1 }, refuse),
    issues: readList(entry, 'issues', refuse).map(readIssue),
  };
}

/** The code is taken as it comes: a newer bus may know kinds of wrong that this client does not. */
function readIssue(issue: unknown): Issue {
  if (!isObject(issue)) throw refuse('issues', show(issue), 'a list of objects');
  return {
    path: readText(issue, 'path', refuse),
    code: readText(issue, 'code', refuse) as Issue['code'],
    found: readText(issue, 'found', refuse),
    expected: readText(issue, 'expected', refuse),
  };
}

function readFetch(fields: Fields, body: Buffer): FetchReply {
  return {
    from: readWhole(fields, 'from', { min: 1 }, refuse),
    next: readWhole(fields, 'next', { min: 1 }, refuse),
    end: readWhole(fields, 'end', { min: 1 }, refuse),
    runs: readList(fields, 'runs', refuse).map(readSeqRun),
    body,
  };
}

function readReplay(fields: Fields): ReplayReply {
  return {
    next: readWhole(fields, 'next', { min: 1 }, refuse),
    end: readWhole(fields, 'end', { min: 1 }, refuse),
    sent: readWhole(fields, 'sent', { min: 0 }, refuse),
    unheard: readWhole(fields, 'unheard', { min: 0 }, refuse),
  };
}

function readLastValues(fields: Fields, body: Buffer): LastValuesReply {
  return {
    next: readWhole(fields, 'next', { min: 1 }, refuse),
    more: fields.more === true,
    runs: readList(fields, 'runs', refuse).map(readSeqRun),
    body,
  };
}

function readSeqRun(run: unknown): SeqRun {
  if (Array.isArray(run)) {
    const [seq, count, appendedAt] = run as unknown[];
    if (isWhole(seq, 1) && isWhole(count, 1) && typeof appendedAt === 'number')
      return [seq, count, appendedAt];
  }
  throw refuse('runs', show(run), 'runs of [seq, count, appended_at]');
}

function readPlace(fields: Fields): { name: string; next: number } {
  return { name: readText(fields, 'name', refuse), next: readWhole(fields, 'next', { min: 1 }, refuse) };
}

function readCursor(cursor: unknown): CursorInfo {
  if (!isObject(cursor)) throw refuse('cursors', show(cursor), 'a list of objects');
  const { log, hold, committed_at } = cursor;
  if (log !== 'events' && log !== 'dead_letters') throw refuse('log', show(log), 'the name of a log');
  return {
    ...readPlace(cursor),
    log,
    hold: hold === true,
    lag: readWhole(cursor, 'lag', { min: 0 }, refuse),
    committed_at: typeof committed_at === 'number' ? committed_at : null,
  };
}

/** Figures for people: only that there are some is checked, so that an older client can show a newer bus. */
function readStats(fields: Fields): { stats: BusStats } {
  if (!isObject(fields.stats)) throw refuse('stats', show(fields.stats), 'an object');
  return { stats: fields.stats as unknown as BusStats };
}
