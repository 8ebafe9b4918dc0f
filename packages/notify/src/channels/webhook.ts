import { createHmac } from 'node:crypto';
import type { WebhookChannel } from '@bitten/alerts';
import type { Notification } from '../render/notification.js';
import type { Channel } from './channel.js';
import { post } from './post.js';

/**
 * The signature of a webhook: `t=UNIX_SECONDS,v1=HEX`, an HMAC-SHA256 over `UNIX_SECONDS.BODY`. Who checks it computes
 * the same, compares in constant time, and refuses what is older than a few minutes.
 */
export function signatureOf(secret: string, body: string, at: number): string {
  const t = Math.floor(at);
  return `t=${t},v1=${createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')}`;
}

/** The notification as JSON, signed. */
export function webhook({ url, secret }: WebhookChannel, clock = () => Date.now() / 1000): Channel {
  return {
    send: (notification: Notification, { signal }) => {
      const body = JSON.stringify({ version: 1, ...notification });
      const headers: Record<string, string> = { 'Bitten-Notification-Id': notification.id };
      if (secret !== null) headers['Bitten-Signature'] = signatureOf(secret, body, clock());
      return post({ url, body, headers, signal });
    },
  };
}
