import * as v from 'valibot';
import { defineEvent } from '../define.js';
import { anyObject, numberFrom, optional, text } from './fields.js';

export const balanceUpdate = defineEvent({
  type: 'balance_update',
  description: "A trading account's balance has changed.",
  data: v.looseObject({
    user_id: text(50, 'Whose account.'),
    account_number: text(50, "The broker's number for the account (MT5: login)."),
    balance: numberFrom(0, 'Without open trades, in the currency of the account.'),
    equity: numberFrom(0, 'With open trades.'),
    margin: optional(numberFrom(0, 'Held for open trades.')),
    free_margin: optional(numberFrom(0, 'Left for new trades.')),
  }),
  key: ['account_number'],
});

export const userAction = defineEvent({
  type: 'user_action',
  description: 'A user has done something worth keeping.',
  data: v.looseObject({
    user_id: text(50, 'Who.'),
    action: text(100, 'What: login, signal_viewed, fire_clicked, …'),
    details: optional(anyObject('Whatever belongs to the action.')),
    ip_address: optional(text(45, 'Where from, IPv4 or IPv6.')),
    user_agent: optional(text(500, 'With which program.')),
  }),
});
