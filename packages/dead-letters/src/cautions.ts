import { type Catalogue, type Envelope, isExpired, isStandardType } from '@bitten/schema';
import type { DeadLetter } from './letter.js';

/** Why somebody should think before a dead letter that passes is driven again. */
export interface Caution {
  /**
   * `own_rule`: its publisher refused it by a rule that only the publisher knows. `expired`: nobody should act on it
   * any more. `order`: it makes somebody trade.
   */
  code: 'own_rule' | 'expired' | 'order';
  /** In words. */
  why: string;
}

/** The types that are orders: who hears one trades. */
const orders: ReadonlySet<string> = new Set(['fire_command']);

export interface CautionOptions {
  catalogue: Catalogue;
  /** Unix seconds. */
  now: number;
  /** Whether its publisher's own rules may still be broken: not when somebody has corrected it. */
  isAsItWas: boolean;
}

/** What there is to think of, for an event that obeys every rule known here. */
export function cautionsOf(letter: DeadLetter, event: Envelope, options: CautionOptions): Caution[] {
  const { catalogue, now, isAsItWas } = options;
  const cautions: Caution[] = [];
  if (isAsItWas && isRefusedByItsPublisher(letter, catalogue)) {
    const rules = letter.issues.map(({ path, expected }) => `${path || 'event'}: ${expected}`).join('; ');
    cautions.push({
      code: 'own_rule',
      why: `its publisher refused it by a rule the bus does not know (${rules})`,
    });
  }
  if (isExpired(event, catalogue, now)) {
    cautions.push({ code: 'expired', why: `the ${event.event_type} has expired` });
  }
  if (orders.has(event.event_type)) {
    cautions.push({ code: 'order', why: `a ${event.event_type} is an order, and whoever hears it trades` });
  }
  return cautions;
}

/**
 * Whether the rules it broke are its publisher's (docs/PROTOCOL.md section 3.4). A bridge refuses by itself what
 * breaks the rules of a type of its own, and what JSON cannot carry: NaN, which became null on its way here.
 */
function isRefusedByItsPublisher(letter: DeadLetter, catalogue: Catalogue): boolean {
  if (letter.producer === null) return false;
  const type = letter.event_type ?? '';
  if (!isStandardType(type) && catalogue.get(type) === undefined) return true;
  return letter.issues.some(({ code }) => code === 'json');
}
