import * as v from 'valibot';
import { defineEvent } from '../define.js';
import { anyText, integerFrom, number, numberFrom, oneOf, optional, text, unixTime } from './fields.js';

export const fireCommand = defineEvent({
  type: 'fire_command',
  description: 'A user, or a rule on behalf of a user, orders a trade.',
  data: v.looseObject({
    fire_id: text(200, 'Names the order.'),
    signal_id: text(200, 'The signal it acts on.'),
    user_id: text(50, 'Whose account trades.'),
    symbol: text(10, 'What to trade.'),
    direction: oneOf(['BUY', 'SELL'], 'Which way to trade.'),
    lot_size: numberFrom(0.01, 'How much to trade, in lots.'),
    sl_price: optional(numberFrom(0, 'Price of the stop loss.')),
    tp_price: optional(numberFrom(0, 'Price of the take profit.')),
    execution_mode: oneOf(['MANUAL', 'AUTO', 'SEMI_AUTO'], 'Who decided.'),
  }),
});

export const tradeExecuted = defineEvent({
  type: 'trade_executed',
  description: 'The broker has opened a trade.',
  data: v.looseObject({
    fire_id: text(200, 'The order.'),
    ticket: integerFrom(1, "The broker's number for the trade."),
    symbol: text(10, 'What was traded.'),
    direction: oneOf(['BUY', 'SELL'], 'Which way.'),
    volume: numberFrom(0.01, 'How much, in lots.'),
    open_price: numberFrom(0, 'Price it was opened at.'),
    sl_price: optional(numberFrom(0, 'Price of the stop loss.')),
    tp_price: optional(numberFrom(0, 'Price of the take profit.')),
    execution_time: unixTime('When it was opened.'),
  }),
});

// The running system names the next two without rules and never got them onto the wire: beside their ids and the
// words of `outcome`, their fields are held to their type only.

export const tradeConfirmed = defineEvent({
  type: 'trade_confirmed',
  description: 'The terminal has answered an order.',
  data: v.looseObject({
    fire_id: text(200, 'The order.'),
    signal_id: optional(text(200, 'The signal it acted on.')),
    status: optional(anyText("The terminal's answer.")),
    ticket: optional(number("The broker's number for the trade.")),
    price: optional(number('Price it was opened at.')),
    volume: optional(number('How much, in lots.')),
    symbol: optional(anyText('What was traded.')),
    direction: optional(anyText('Which way: BUY or SELL.')),
    timestamp: optional(unixTime('When the terminal answered.')),
  }),
});

export const tradeOutcome = defineEvent({
  type: 'trade_outcome',
  description: 'A trade has been closed.',
  data: v.looseObject({
    fire_id: text(200, 'The order.'),
    signal_id: optional(text(200, 'The signal it acted on.')),
    outcome: optional(oneOf(['TP_HIT', 'SL_HIT', 'CLOSED'], 'What closed it.')),
    status: optional(anyText('What the terminal says of it.')),
    profit: optional(number('In the currency of the account; negative for a loss.')),
    pips: optional(number('In pips; negative for a loss.')),
    close_price: optional(number('Price it was closed at.')),
    timestamp: optional(unixTime('When it was closed.')),
  }),
});
