import { parentPort, workerData } from 'node:worker_threads';
import { BittenError } from '@bitten/schema';
import type { SqliteStore } from '@bitten/storage/store';
import type { QueryFailure, QueryReply, QueryRequest } from './protocol.js';
import { type Queries, queries } from './queries.js';
import { StoreNow } from './store-now.js';

const { file } = workerData as { file: string };
const port = parentPort!;

const storeNow = new StoreNow(file);

port.on('message', ({ id, name, argument }: QueryRequest) => {
  port.postMessage(answer(id, name, argument));
});

function answer(id: number, name: keyof Queries, argument: unknown): QueryReply {
  try {
    const run = queries[name] as (store: SqliteStore, argument: unknown) => unknown;
    return { id, ok: true, value: run(storeNow.get(), argument) };
  } catch (error) {
    return { id, ok: false, error: failureOf(error) };
  }
}

function failureOf(error: unknown): QueryFailure {
  if (error instanceof BittenError) {
    const { code, message, found, expected, remedy } = error;
    return { code, message, found, expected, remedy };
  }
  return { code: null, message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
