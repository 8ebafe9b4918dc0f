import * as v from 'valibot';
import { defineEvent } from '../define.js';
import { anyText, number, numberBetween, numberFrom, oneOf, optional, text, unixTime } from './fields.js';

export const signalGenerated = defineEvent({
  type: 'signal_generated',
  description: 'A signal engine has found a trade worth taking.',
  data: v.looseObject({
    signal_id: text(200, 'Names the signal for its whole life.'),
    symbol: text(10, 'What to trade: EURUSD.'),
    direction: oneOf(['BUY', 'SELL'], 'Which way to trade.'),
    confidence: numberBetween(0, 100, 'How sure the engine is, in percent.'),
    pattern_type: text(100, 'The pattern behind the signal.'),
    entry_price: optional(numberFrom(0, 'Price to enter at.')),
    stop_pips: optional(numberFrom(0, 'Distance of the stop loss, in pips.')),
    target_pips: optional(numberFrom(0, 'Distance of the take profit, in pips.')),
    expires_at: optional(unixTime('When the signal is no longer worth taking.')),
  }),
  expires: { field: 'expires_at' },
});

export const signalExpired = defineEvent({
  type: 'signal_expired',
  description: 'A signal is no longer worth taking.',
  data: v.looseObject({
    signal_id: text(200, 'The signal.'),
  }),
});

// The running system names this one without rules and never got it onto the wire: beside its id and the words of
// `outcome`, its fields are held to their type only.

export const signalOutcome = defineEvent({
  type: 'signal_outcome',
  description: 'What became of a signal, whether or not anybody traded it.',
  data: v.looseObject({
    signal_id: text(200, 'The signal.'),
    outcome: optional(oneOf(['WIN', 'LOSS'], 'Which of its two prices was reached first.')),
    pips_result: optional(number('What the signal brought, in pips; negative for a loss.')),
    exit_price: optional(number('Price at the end.')),
    tracking_duration: optional(number('How long the signal was followed.')),
    pattern: optional(anyText('The pattern behind the signal.')),
    confidence: optional(number('How sure the engine had been, in percent.')),
    symbol: optional(anyText('What was to be traded.')),
    direction: optional(anyText('Which way: BUY or SELL.')),
    max_favorable: optional(number('Furthest the price went the right way.')),
    max_adverse: optional(number('Furthest the price went the wrong way.')),
    timestamp: optional(unixTime('When the outcome was known.')),
  }),
});

export const patternDetected = defineEvent({
  type: 'pattern_detected',
  description: 'A chart pattern has been identified.',
  data: v.looseObject({
    pattern_type: text(100, 'The pattern.'),
    symbol: text(10, 'Where it was seen.'),
    confidence: numberBetween(0, 100, 'How sure the detector is, in percent.'),
    direction: optional(oneOf(['BUY', 'SELL'], 'Which way it points.')),
    timeframe: optional(text(10, 'The chart it was seen on: M5.')),
  }),
});
