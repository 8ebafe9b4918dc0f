/**
 * Alerts that are kept until somebody has them: the book, what waits in it, silences, channels.
 *
 * @module @bitten/notify
 */
export {
  AlertBook,
  type AlertBookOptions,
  type Commit,
  NoSuchAlertError,
  running_s,
} from './book/alert-book.js';
export { BookError, bookFile } from './book/open-book.js';
export type { AttemptResult, Outbox } from './book/outbox.js';
export { NoSuchSilenceError, type Silences } from './book/silences.js';
export type {
  Acknowledgement,
  ChannelCounts,
  Checkpoint,
  Delivery,
  DeliveryState,
  PendingGroup,
  RecordedAlert,
  Route,
  RuleSummary,
  Silence,
  WatchStatus,
} from './book/types.js';
export { type Channel, DeliveryError, type DeliveryFacts } from './channels/channel.js';
export { type MakeChannelOptions, makeChannel } from './channels/make-channel.js';
export { signatureOf } from './channels/webhook.js';
export { type DeliveryReport, Dispatcher, type DispatcherOptions } from './dispatch/dispatcher.js';
export { routesOf } from './dispatch/routing.js';
export { realTimers, type Timers } from './dispatch/timers.js';
export {
  type ChainStep,
  type Notification,
  type NotificationParts,
  type NotifiedAlert,
  notificationOf,
} from './render/notification.js';
export { chainLine, plainText } from './render/text.js';
