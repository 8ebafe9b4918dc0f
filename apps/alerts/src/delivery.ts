import type { ChannelRule } from '@bitten/alerts';
import {
  type AlertBook,
  type ChainStep,
  type Channel,
  Dispatcher,
  makeChannel,
  type Notification,
  notificationOf,
  type RecordedAlert,
} from '@bitten/notify';
import type { Logger } from '@bitten/runtime';

export interface DeliveryOptions {
  book: AlertBook;
  log: Logger;
  dashboardUrl: string;
  chainOf: (alert: RecordedAlert) => ChainStep[];
}

/** Delivers to the channels of the rule file, and to others when it changes. */
export class Delivery {
  readonly #o: DeliveryOptions;
  #dispatcher: Dispatcher | null = null;
  /** One change after the other: two dispatchers would tell the same twice. */
  #changed: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(options: DeliveryOptions) {
    this.#o = options;
  }

  /** Ends what is being sent, and goes on with these channels. */
  change(rules: readonly ChannelRule[]): Promise<void> {
    this.#changed = this.#changed.then(async () => {
      await this.#dispatcher?.stop();
      if (!this.#isStopped) this.#start(rules);
    });
    return this.#changed;
  }

  /** Something was recorded. */
  wake(): void {
    this.#dispatcher?.wake();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#dispatcher?.stop();
    await this.#changed;
  }

  #start(rules: readonly ChannelRule[]): void {
    const { book, log } = this.#o;
    const writeLog = (notification: Notification) => log.warn({ notification }, notification.title);
    const channels = new Map<string, Channel>(
      rules.map((rule) => [rule.name, makeChannel(rule, { writeLog })]),
    );
    this.#dispatcher = new Dispatcher({
      outbox: book.outbox,
      channels,
      notificationOf: (group) => notificationOf(group, this.#o),
      onReport: ({ is, ...report }) => {
        if (is === 'delivered') log.info(report, 'delivered');
        else if (is === 'delayed') log.warn(report, 'not delivered: it is tried again');
        else log.error(report, 'given up');
      },
      onTrouble: (error) => log.error({ err: error }, 'what waits to be delivered cannot be read or noted'),
    });
    this.#dispatcher.start();
  }
}
