import * as v from 'valibot';
import { defineEvent } from '../define.js';
import { integerFrom, numberFrom, oneOf, optional, text, unixTime } from './fields.js';

/** `started`, `stopped` and `degraded` beside the four of the running system, whose own bus sends `started`. */
const states = ['starting', 'started', 'running', 'degraded', 'stopping', 'stopped', 'error'] as const;

export const systemHealth = defineEvent({
  type: 'system_health',
  description: 'How a component is doing.',
  data: v.looseObject({
    component: text(100, 'Which component.'),
    status: oneOf(states, 'How it is doing.'),
    uptime: optional(numberFrom(0, 'Seconds since its start.')),
    memory_usage: optional(numberFrom(0, 'Memory in use, in the unit the component reports.')),
    cpu_usage: optional(numberFrom(0, 'CPU in use, in percent.')),
    message: optional(text(500, 'What a person should know.')),
  }),
});

export const marketData = defineEvent({
  type: 'market_data',
  description: 'One tick of a price feed.',
  data: v.looseObject({
    symbol: text(10, 'Whose price.'),
    bid: numberFrom(0, 'Price to sell at.'),
    ask: numberFrom(0, 'Price to buy at.'),
    volume: optional(integerFrom(0, 'Volume of the tick.')),
    timestamp: unixTime("The tick's own time."),
  }),
  key: ['symbol'],
  overload: 'conflate',
  expires: { after_s: 10 },
});
