import { appendFile } from 'node:fs/promises';
import type { LogChannel } from '@bitten/alerts';
import type { Notification } from '../render/notification.js';
import { type Channel, DeliveryError } from './channel.js';

/** One line of JSON a notification: into a file, or to whoever keeps this process's log. */
export function log({ file }: LogChannel, write: (notification: Notification) => void): Channel {
  return {
    send: async (notification) => {
      if (file === null) return write(notification);
      try {
        await appendFile(file, `${JSON.stringify(notification)}\n`, { mode: 0o600, flush: true });
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new DeliveryError(`${file}: ${why}`, { isPassing: true, cause });
      }
    },
  };
}
