// The type, in a module of its own: whoever publishes or reads it imports this.
import { type DataOf, defineEvent, fields, v } from '@bitten/bridge';

const { numberFrom, oneOf, optional, text } = fields;

export const spreadWidened = defineEvent({
  type: 'spread_widened',
  description: 'The spread of a symbol is unusually wide.',
  data: v.looseObject({
    symbol: text(10, 'Whose spread.'),
    pips: numberFrom(0, 'How wide it is.'),
    session: optional(oneOf(['ASIA', 'LONDON', 'NEW_YORK'], 'When that was.')),
  }),
});

/** { symbol: string; pips: number; session?: 'ASIA' | 'LONDON' | 'NEW_YORK' | null; and whatever else } */
export type SpreadWidened = DataOf<typeof spreadWidened>;
