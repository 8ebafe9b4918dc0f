import type { EmailChannel } from '@bitten/alerts';
import { createTransport } from 'nodemailer';
import { oneLine, plainText } from '../render/text.js';
import { type Channel, DeliveryError } from './channel.js';

const subject_max = 150;

/** What an SMTP server says no with for good: 5xx. */
function isPassing(error: unknown): boolean {
  const code =
    typeof error === 'object' && error !== null && 'responseCode' in error ? error.responseCode : undefined;
  return !(typeof code === 'number' && code >= 500 && code < 600);
}

/** A mail of plain text. With `starttls` nothing is said to a server that cannot encrypt. */
export function email({ host, port, security, user, password, from, to }: EmailChannel): Channel {
  return {
    send: async (notification, { signal }) => {
      const timeout = 10_000;
      const transport = createTransport({
        host,
        port,
        secure: security === 'tls',
        requireTLS: security === 'starttls',
        ignoreTLS: security === 'none',
        ...(user === null ? {} : { auth: { user, pass: password ?? '' } }),
        connectionTimeout: timeout,
        greetingTimeout: timeout,
        socketTimeout: timeout,
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      const stop = () => transport.close();
      signal.addEventListener('abort', stop, { once: true });
      try {
        await transport.sendMail({
          from,
          to: [...to],
          subject: oneLine(`[bitten] ${notification.title}`, subject_max),
          text: plainText(notification),
          messageId: `<${notification.id}@bitten.invalid>`,
          headers: { 'Bitten-Notification-Id': notification.id, 'Auto-Submitted': 'auto-generated' },
        });
      } catch (cause) {
        const why = cause instanceof Error ? oneLine(cause.message, 300) : String(cause);
        throw new DeliveryError(`${host}: ${why}`, { isPassing: isPassing(cause), cause });
      } finally {
        signal.removeEventListener('abort', stop);
        transport.close();
      }
    },
  };
}
