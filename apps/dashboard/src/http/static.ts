import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Hono } from 'hono';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
};

/** What vite calls its files: no name begins with a dot, and there is no `%` that could stand for something else. */
const builtPath = /^(?:\/[A-Za-z0-9_][A-Za-z0-9_.-]*)+$/;

/** Serves the pages as vite has built them; `folder` ends with a slash. */
export function servePages(app: Hono, folder: URL): void {
  app.get('*', async (c) => {
    const path = c.req.path === '/' ? '/index.html' : c.req.path;
    const body = await read(folder, path);
    if (body === null) {
      if (path === '/index.html') return c.text('the pages are not built: pnpm build\n', 503);
      return c.text('there is no such page; the pages begin at /\n', 404);
    }
    return c.body(body, 200, {
      'Content-Type': types[extname(path)] ?? 'application/octet-stream',
      // Files of `assets` carry a hash in their name, and never change.
      'Cache-Control': path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    });
  });
}

async function read(folder: URL, path: string): Promise<Uint8Array<ArrayBuffer> | null> {
  if (!builtPath.test(path)) return null;
  try {
    return new Uint8Array(await readFile(fileURLToPath(new URL(`.${path}`, folder))));
  } catch {
    return null;
  }
}
