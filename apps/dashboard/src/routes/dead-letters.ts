import * as v from 'valibot';
import { LetterDesk } from '../dead-letters/letter-desk.js';
import type { Routes } from '../http/app.js';
import { readBody } from '../http/body.js';
import { badRequest } from '../http/errors.js';
import { wholeOf } from '../http/params.js';
import { listOf } from '../live/filter.js';

const statuses: readonly string[] = ['open', 'retried', 'corrected', 'discarded'];
/** A payload has at most 8 MiB; as a JSON string, with some room. */
const bytes_max = 9 * 1024 * 1024;

const reasonSchema = v.pipe(v.string(), v.maxLength(500));
const settleSchema = v.object({ reason: v.exactOptional(reasonSchema), force: v.exactOptional(v.boolean()) });
const correctSchema = v.object({ ...settleSchema.entries, payload: v.string() });
const discardSchema = v.object({ reason: v.pipe(reasonSchema, v.trim(), v.minLength(1)) });
const examineSchema = v.object({ payload: v.string() });

const places = { min: 1, max: Number.MAX_SAFE_INTEGER };

export const deadLetterRoutes: Routes = (app, { queries, bus }) => {
  const desk = new LetterDesk({ queries, bus });

  app.get('/api/dead-letters', async (c) => {
    const asked = listOf('status', c.req.query('status'));
    const unknown = asked?.find((status) => !statuses.includes(status));
    if (unknown !== undefined) throw badRequest('status', { found: unknown, expected: statuses.join(', ') });
    const page = await desk.list({
      statuses: asked,
      types: listOf('types', c.req.query('types')),
      before: wholeOf('before', c.req.query('before'), places),
      limit: wholeOf('limit', c.req.query('limit'), { min: 1, max: 500 }) ?? 100,
    });
    return c.json(page);
  });

  app.get('/api/dead-letters/:id', async (c) => c.json(await desk.whole(placeOf(c.req.param('id')))));

  app.post('/api/dead-letters/:id/examine', async (c) => {
    const { payload } = await readBody(c, examineSchema, { bytes_max });
    return c.json(await desk.examine(placeOf(c.req.param('id')), payload));
  });

  app.post('/api/dead-letters/:id/retry', async (c) => {
    return c.json(await desk.retry(placeOf(c.req.param('id')), await readBody(c, settleSchema)));
  });

  app.post('/api/dead-letters/:id/correct', async (c) => {
    const { payload, ...how } = await readBody(c, correctSchema, { bytes_max });
    return c.json(await desk.correct(placeOf(c.req.param('id')), payload, how));
  });

  app.post('/api/dead-letters/:id/discard', async (c) => {
    const { reason } = await readBody(c, discardSchema);
    return c.json(await desk.discard(placeOf(c.req.param('id')), reason));
  });
};

function placeOf(text: string): number {
  return wholeOf('the number of a dead letter', text, places)!;
}
