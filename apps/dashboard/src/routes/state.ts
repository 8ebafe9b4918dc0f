import { join } from 'node:path';
import { storeFile } from '@bitten/vitals';
import type { Routes } from '../http/app.js';
import { badRequest } from '../http/errors.js';
import { timeOf, wholeOf } from '../http/params.js';

const steps = { default: 120, min: 1, max: 1_000 };

export const stateRoutes: Routes = (app, { dataDir, queries }) => {
  const file = join(dataDir, storeFile);

  app.get('/api/history', async (c) => {
    const wanted = wholeOf('steps', c.req.query('steps'), steps) ?? steps.default;
    return c.json(await queries.ask('history', { file, steps: wanted }));
  });

  app.get('/api/state', async (c) => {
    const at = timeOf('at', c.req.query('at')) ?? Date.now() / 1000;
    return c.json(await queries.ask('stateAt', { at }));
  });

  app.get('/api/state/diff', async (c) => {
    const [from, to] = [neededTime('from', c.req.query('from')), neededTime('to', c.req.query('to'))];
    if (from > to) throw badRequest('from', { found: 'a time after `to`', expected: 'a time not after it' });
    return c.json(await queries.ask('stateDiff', { file, from, to }));
  });
};

/** Throws `HttpError` 400. */
function neededTime(name: string, text: string | undefined): number {
  const time = timeOf(name, text);
  if (time !== undefined) return time;
  throw badRequest(name, { found: 'nothing', expected: 'a time in Unix seconds' });
}
