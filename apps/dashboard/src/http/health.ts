import type { HealthPages } from '@bitten/runtime';
import type { Hono } from 'hono';

/** For Prometheus and supervisors: the same three pages that bus and collector have. */
export function serveHealth(app: Hono, pages: HealthPages): void {
  for (const path of ['/metrics', '/healthz', '/readyz']) {
    app.all(path, async (c) => {
      const answer = await pages.fetch(c.req.raw);
      // Made anew, so that it gets the headers of every page here.
      return c.newResponse(answer.body, answer);
    });
  }
}
