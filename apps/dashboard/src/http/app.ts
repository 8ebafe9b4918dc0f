import { Hono } from 'hono';
import type { Services } from '../services.js';
import { apiErrorOf, notFound, statusOf } from './errors.js';
import { loopbackOnly } from './security.js';

/** Hangs a page's requests on the app. */
export type Routes = (app: Hono, services: Services) => void;

/** The app: who may come in, what there is to ask for, and how a failure is told. */
export function createApp(services: Services, routes: readonly Routes[]): Hono {
  const app = new Hono();
  app.onError((error, c) => {
    const status = statusOf(error);
    if (status === 500) services.log.error({ err: error, path: c.req.path }, 'a request failed');
    return c.json(apiErrorOf(error), status);
  });
  app.use(loopbackOnly);
  app.use('/api/*', async (c, next) => {
    c.header('Cache-Control', 'no-store');
    // What only asks is a GET, or says so itself (see `asks`); everything else changes something.
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD' && !asks.test(c.req.path))
      services.token.require(c);
    await next();
    // Nobody reads the body of a HEAD: a stream would be open for nobody, and keep its place.
    if (c.req.method === 'HEAD') await c.res.body?.cancel();
  });
  for (const hang of routes) hang(app, services);
  app.all('/api/*', (c) => {
    throw notFound(`there is no ${c.req.method} ${c.req.path}`, 'docs/DASHBOARD.md lists what there is');
  });
  return app;
}

/** Requests with a body that change nothing. */
const asks = /^\/api\/dead-letters\/\d+\/examine$/;
