import { statSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ImportFormat } from '../format.js';
import type { ImportRecord, ReadLinesOptions } from '../records.js';
import { compareCounts } from './compare.js';
import { databaseName, PythonDatabase, type PythonRow } from './database.js';

/**
 * The database of the Python collector. Each row becomes the event it was made from: its own time, source and ids,
 * and its data as it was written. What no envelope has a field for, the row's id and when it was stored there,
 * stands in a member `imported`, with which database that was.
 */
export function pythonDbFormat(): ImportFormat {
  return {
    name: 'python-db',
    unit: 'row',
    identity: JSON.stringify(['python-db', 1]),
    read: ([file], options) => readRows(file!, options),
    map: ({ text }) => [text],
    compare: ([file], store) => compareCounts(file!, store),
  };
}

async function* readRows(
  file: string,
  { onBytes, signal }: ReadLinesOptions,
): AsyncGenerator<ImportRecord[]> {
  const database = new PythonDatabase(file);
  try {
    const bytes = statSync(file).size;
    const ids = database.idRange();
    const writer = new RowWriter();
    for (const rows of database.pages()) {
      signal?.throwIfAborted();
      const records = rows.map((row) => ({ line: Number(row[0]), text: writer.eventText(row) }));
      // Ids stand for bytes: nobody else knows how far along a database one is.
      const share = (Number(rows.at(-1)![0]) - ids.first) / Math.max(1, ids.last - ids.first);
      onBytes?.(Math.round(bytes * Math.min(1, share)));
      yield records;
      await nextTurn();
    }
  } finally {
    database.close();
  }
}

const words_max = 10_000;

/** Writes rows as the JSON of events, `data` last and byte for byte. */
class RowWriter {
  #name: string | undefined;
  /** The JSON of texts that come again and again. */
  readonly #words = new Map<unknown, string>();

  eventText(row: PythonRow): string {
    this.#name ??= databaseName(row);
    const [
      id,
      event_type,
      timestamp,
      source,
      correlation_id,
      user_id,
      session_id,
      data,
      created_at,
      is_json,
    ] = row;
    const optional =
      this.#member('correlation_id', correlation_id) +
      this.#member('user_id', user_id) +
      this.#member('session_id', session_id);
    const imported = `{"db":"${this.#name}","id":${id},"created_at":${json(created_at)}}`;
    const head = `{"event_type":${this.#word(event_type)},"timestamp":${json(timestamp)},"source":${this.#word(source)}`;
    const body = is_json === 1 && typeof data === 'string' && mayStand(data) ? data : json(cut(data));
    return `${head}${optional},"imported":${imported},"data":${body}}`;
  }

  #member(name: string, value: unknown): string {
    return value === null ? '' : `,"${name}":${json(value)}`;
  }

  #word(value: unknown): string {
    const known = this.#words.get(value);
    if (known !== undefined) return known;
    const text = json(value);
    if (this.#words.size < words_max) this.#words.set(value, text);
    return text;
  }
}

/** Longer data makes no event, and would not travel: what is kept of it tells what it was. */
const data_length_max = 1024 * 1024;

/** What is no JSON is kept as a text, which no event may have for its data: it is refused with that reason. */
function mayStand(data: string): boolean {
  // SQLite takes a text to end at a NUL.
  return data.length <= data_length_max && !data.includes('\u0000');
}

function cut(data: unknown): unknown {
  return typeof data === 'string' ? data.slice(0, data_length_max) : data;
}

function json(value: unknown): string {
  return JSON.stringify(Buffer.isBuffer(value) ? value.toString('base64') : value);
}
