import type { DataOf, EventOf } from '../define.js';
import { deadLetterResolved } from './dead-letters.js';
import { marketData, systemHealth } from './machines.js';
import { balanceUpdate, userAction } from './people.js';
import { patternDetected, signalExpired, signalGenerated, signalOutcome } from './signals.js';
import { fireCommand, tradeConfirmed, tradeExecuted, tradeOutcome } from './trades.js';

/** The event types of BITTEN, by name. */
export const standardDefinitions = Object.freeze({
  signal_generated: signalGenerated,
  fire_command: fireCommand,
  trade_executed: tradeExecuted,
  balance_update: balanceUpdate,
  system_health: systemHealth,
  market_data: marketData,
  user_action: userAction,
  pattern_detected: patternDetected,
  signal_expired: signalExpired,
  signal_outcome: signalOutcome,
  trade_confirmed: tradeConfirmed,
  trade_outcome: tradeOutcome,
  dead_letter_resolved: deadLetterResolved,
});

/** `'signal_generated' | 'fire_command' | …` */
export type EventType = keyof typeof standardDefinitions;

/** The type of `data` of a standard type: `EventData<'market_data'>`. */
export type EventData<Type extends EventType> = DataOf<(typeof standardDefinitions)[Type]>;

/** The type of a whole standard event: `StandardEvent<'market_data'>`. */
export type StandardEvent<Type extends EventType = EventType> = {
  [Each in Type]: EventOf<(typeof standardDefinitions)[Each]>;
}[Type];

/** `data` of a `signal_generated`. */
export type SignalGenerated = EventData<'signal_generated'>;
/** `data` of a `fire_command`. */
export type FireCommand = EventData<'fire_command'>;
/** `data` of a `trade_executed`. */
export type TradeExecuted = EventData<'trade_executed'>;
/** `data` of a `balance_update`. */
export type BalanceUpdate = EventData<'balance_update'>;
/** `data` of a `system_health`. */
export type SystemHealth = EventData<'system_health'>;
/** `data` of a `market_data`. */
export type MarketData = EventData<'market_data'>;
/** `data` of a `user_action`. */
export type UserAction = EventData<'user_action'>;
/** `data` of a `pattern_detected`. */
export type PatternDetected = EventData<'pattern_detected'>;
/** `data` of a `signal_expired`. */
export type SignalExpired = EventData<'signal_expired'>;
/** `data` of a `signal_outcome`. */
export type SignalOutcome = EventData<'signal_outcome'>;
/** `data` of a `trade_confirmed`. */
export type TradeConfirmed = EventData<'trade_confirmed'>;
/** `data` of a `trade_outcome`. */
export type TradeOutcome = EventData<'trade_outcome'>;
/** `data` of a `dead_letter_resolved`. */
export type DeadLetterResolved = EventData<'dead_letter_resolved'>;
