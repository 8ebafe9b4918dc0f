import { type Context, Hono } from 'hono';
import type { NotReady } from './types.js';

export interface PagesOptions {
  app: string;
  version: string;
  notReady: () => readonly NotReady[];
  metrics: { readonly contentType: string; text: () => Promise<string> };
}

/** What a browser or a client calls this machine; a port may follow. */
const ownHost = /^(?:127(?:\.\d{1,3}){3}|localhost|\[::1\])(?::\d{1,5})?$/i;

/**
 * The pages an app serves of its health. They are read-only, and for this machine: who names another host than
 * loopback is a web page that has pointed its own name here (DNS rebinding), and is told nothing.
 */
export function healthPages({ app, version, notReady, metrics }: PagesOptions): Hono {
  const pages = new Hono();
  pages.use(async (c, next) => {
    c.header('Cache-Control', 'no-store');
    c.header('X-Content-Type-Options', 'nosniff');
    if (!ownHost.test(c.req.header('host') ?? '')) {
      return c.text(
        'this is served to 127.0.0.1 and localhost alone: ask for it by one of those names\n',
        421,
      );
    }
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD') {
      c.header('Allow', 'GET, HEAD');
      return c.text('nothing can be changed here: GET and HEAD only\n', 405);
    }
    return next();
  });
  pages.get('/healthz', (c) => json(c, { status: 'alive', app, version, uptime_s: round(process.uptime()) }));
  pages.get('/readyz', (c) => {
    const reasons = notReady();
    if (reasons.length === 0) return json(c, { status: 'ready', app });
    return json(c, { status: 'not ready', app, reasons }, 503);
  });
  pages.get('/metrics', async (c) =>
    c.body(await metrics.text(), 200, { 'Content-Type': metrics.contentType }),
  );
  pages.get('/', (c) => c.text(`bitten ${app} ${version}: /metrics /healthz /readyz\n`));
  pages.notFound((c) => c.text('there are /metrics, /healthz and /readyz\n', 404));
  return pages;
}

/** With its last line ended, for whoever asks by curl. */
function json(c: Context, body: unknown, status: 200 | 503 = 200): Response {
  return c.body(`${JSON.stringify(body)}\n`, status, { 'Content-Type': 'application/json' });
}

function round(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}
