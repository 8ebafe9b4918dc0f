// In place of the real worker: answers at once, never, or dies, as it is asked.
import { parentPort } from 'node:worker_threads';

parentPort.on('message', ({ id, name, argument }) => {
  if (name === 'event' && argument.seq === 1) for (;;);
  if (name === 'event' && argument.seq === 2) throw new Error('a mistake');
  if (name === 'event' && argument.seq === 3) {
    const error = { code: 'missing_store', message: 'there is no store', remedy: 'start the collector' };
    parentPort.postMessage({ id, ok: false, error });
    return;
  }
  parentPort.postMessage({ id, ok: true, value: name });
});
