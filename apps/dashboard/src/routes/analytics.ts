import type { Routes } from '../http/app.js';
import { badRequest } from '../http/errors.js';
import { timeOf, wholeOf } from '../http/params.js';

/** As many as a chart is wide. */
const points = { default: 200, min: 2, max: 1_000 };

export const analyticsRoutes: Routes = (app, { queries }) => {
  app.get('/api/analytics', async (c) => c.json(await queries.ask('analytics', rangeIn(c.req.query()))));

  app.get('/api/equity', async (c) => {
    const query = c.req.query();
    const count = wholeOf('points', query.points, points) ?? points.default;
    return c.json(await queries.ask('equity', { ...rangeIn(query), points: count }));
  });
};

/** What of a stretch of time is told; the rest is all that is stored. Throws `HttpError` 400. */
function rangeIn(query: { from?: string; to?: string }): { from?: number; to?: number } {
  const [from, to] = [timeOf('from', query.from), timeOf('to', query.to)];
  if (from !== undefined && to !== undefined && from > to) {
    throw badRequest('from', { found: 'a time after `to`', expected: 'a time not after it' });
  }
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}
