import type { Context, MiddlewareHandler } from 'hono';
import { HttpError } from './errors.js';

/** What a browser or a client calls this machine; a port may follow. As in `runtime`'s health pages. */
const ownHost = /^(?:127(?:\.\d{1,3}){3}|localhost|\[::1\])(?::\d{1,5})?$/i;

/** Scripts, styles and pictures come from here alone, none stands in the page, and nobody may frame it. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const headers: Readonly<Record<string, string>> = {
  'Content-Security-Policy': contentSecurityPolicy,
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
};

/**
 * Lets in who asks this machine by its own name, from a page of this server or from none. A web page that has pointed
 * its own name here (DNS rebinding) names another host; one that merely sends its visitors' browsers here has another
 * origin. Neither is told anything.
 */
export const loopbackOnly: MiddlewareHandler = async (c, next) => {
  for (const [name, value] of Object.entries(headers)) c.header(name, value);
  const host = c.req.header('host') ?? '';
  if (!ownHost.test(host)) {
    throw new HttpError(421, 'other_host', 'this is served to 127.0.0.1 and localhost alone', {
      found: `the host ${host === '' ? '(none)' : host.slice(0, 100)}`,
      expected: '127.0.0.1 or localhost',
      remedy: 'ask for it by one of those names; from another machine through a tunnel (ssh -L)',
    });
  }
  checkOrigin(c, host);
  await next();
};

function checkOrigin(c: Context, host: string): void {
  const origin = c.req.header('origin');
  const site = c.req.header('sec-fetch-site');
  const isOther = origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`;
  // A link from elsewhere may be followed to the page itself, which shows nothing to whoever linked to it.
  const isFollowed = c.req.header('sec-fetch-mode') === 'navigate' && c.req.method === 'GET';
  const isCross = site === 'cross-site' || site === 'same-site';
  if (!isOther && !(isCross && !isFollowed)) return;
  throw new HttpError(403, 'other_origin', 'this was asked for by another web page', {
    found: `the origin ${(origin ?? site ?? '').slice(0, 100)}`,
    expected: `http://${host}, or a program that is no browser`,
    remedy: `open http://${host} itself`,
  });
}
