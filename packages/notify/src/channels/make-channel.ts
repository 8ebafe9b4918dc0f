import type { ChannelRule } from '@bitten/alerts';
import type { Notification } from '../render/notification.js';
import type { Channel } from './channel.js';
import { command } from './command.js';
import { discord } from './discord.js';
import { email } from './email.js';
import { log } from './log.js';
import { slack } from './slack.js';
import { telegram } from './telegram.js';
import { webhook } from './webhook.js';

export interface MakeChannelOptions {
  /** Where a `log` channel without a file writes. */
  writeLog: (notification: Notification) => void;
}

/** The channel that a rule file describes. */
export function makeChannel(rule: ChannelRule, { writeLog }: MakeChannelOptions): Channel {
  switch (rule.kind) {
    case 'webhook':
      return webhook(rule);
    case 'slack':
      return slack(rule);
    case 'discord':
      return discord(rule);
    case 'telegram':
      return telegram(rule);
    case 'email':
      return email(rule);
    case 'command':
      return command(rule);
    case 'log':
      return log(rule, writeLog);
  }
}
