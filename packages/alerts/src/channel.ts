import type { Severity } from './types.js';

/** How alerts are put together into one notification. */
export interface Grouping {
  /** What alerts have to have in common; `none` tells each by itself. */
  by: 'rule' | 'severity' | 'all' | 'none';
  /** How long the first one waits for others. */
  wait_s: number;
}

/** What every channel of a rule file says, with every default filled in. */
interface ChannelBase {
  /** Unique within its file. */
  name: string;
  /** Alerts of less severity are not told here. */
  severity: Severity;
  /** Whether the end of a condition is told as well. */
  resolved: boolean;
  group: Grouping;
}

export interface WebhookChannel extends ChannelBase {
  kind: 'webhook';
  url: string;
  /** Signs what is sent; null for none. */
  secret: string | null;
}

export interface SlackChannel extends ChannelBase {
  kind: 'slack';
  url: string;
}

export interface DiscordChannel extends ChannelBase {
  kind: 'discord';
  url: string;
}

export interface TelegramChannel extends ChannelBase {
  kind: 'telegram';
  /** Of the bot. */
  token: string;
  chat: string;
  /** Where the bot's interface is; Telegram's own by default. */
  url: string;
}

export interface EmailChannel extends ChannelBase {
  kind: 'email';
  host: string;
  port: number;
  /** `tls` from the first byte, `starttls` (required), or `none`, which is for this machine. */
  security: 'tls' | 'starttls' | 'none';
  user: string | null;
  password: string | null;
  from: string;
  to: readonly string[];
}

export interface CommandChannel extends ChannelBase {
  kind: 'command';
  /** A program and its arguments; no shell reads them. */
  command: readonly string[];
}

export interface LogChannel extends ChannelBase {
  kind: 'log';
  /** A file lines are added to; null for the log of the process. */
  file: string | null;
}

/** Where notifications go. */
export type ChannelRule =
  | WebhookChannel
  | SlackChannel
  | DiscordChannel
  | TelegramChannel
  | EmailChannel
  | CommandChannel
  | LogChannel;

export type ChannelKind = ChannelRule['kind'];
