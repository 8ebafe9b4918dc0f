import { BittenError } from '@bitten/schema';
import type { Notification } from '../render/notification.js';

/** Somewhere notifications go. */
export interface Channel {
  /**
   * Resolves when the other side has it. Throws `DeliveryError`; whatever else it throws counts as one that may pass.
   * The signal ends an attempt that takes too long.
   */
  send(notification: Notification, options: { signal: AbortSignal }): Promise<void>;
}

export interface DeliveryFacts {
  /** Whether trying again may help. */
  isPassing: boolean;
  /** When the other side wants to be asked again, in seconds. */
  retryAfter_s?: number | undefined;
  cause?: unknown;
}

/** The other side does not have the notification, as far as is known. */
export class DeliveryError extends BittenError {
  readonly isPassing: boolean;
  readonly retryAfter_s: number | undefined;

  constructor(message: string, { isPassing, retryAfter_s, cause }: DeliveryFacts) {
    super('not_delivered', message, { cause });
    this.isPassing = isPassing;
    this.retryAfter_s = retryAfter_s;
  }
}
