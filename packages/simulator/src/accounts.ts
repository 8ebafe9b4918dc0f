import type { Random } from './random.js';

/** What a lot earns a pip, in the currency of the account: the same for every symbol, to keep sums checkable. */
const profit_per_pip_and_lot = 10;
/** Held for each hundredth of a lot of an open trade: 1,000 in the currency of the account for a lot. */
const margin_per_centilot_cents = 1_000;

/** A user's trading account. Money is counted in whole cents and
 * volume in hundredths of a lot, so that sums come out exactly. */
export class Account {
  readonly user_id: string;
  readonly account_number: string;
  readonly session_id: string;
  readonly mode: 'MANUAL' | 'AUTO' | 'SEMI_AUTO';
  #balance_cents: number;
  #open_centilots = 0;

  constructor(index: number, run: string, random: Random) {
    this.user_id = `user_${String(index + 1).padStart(3, '0')}`;
    this.account_number = String(random.integer(10_000_000, 99_999_999));
    this.session_id = `sess-${run}-${index + 1}`;
    this.mode = random.pick(['MANUAL', 'MANUAL', 'SEMI_AUTO', 'AUTO'] as const);
    this.#balance_cents = random.integer(20, 200) * 100_000;
  }

  /** Whether it can hold another trade: twice the margin also covers the loss of every trade at its stop. */
  canOpen(lots: number): boolean {
    return 2 * marginCents(this.#open_centilots + Math.round(lots * 100)) <= this.#balance_cents;
  }

  open(lots: number): void {
    this.#open_centilots += Math.round(lots * 100);
  }

  /** Books a closed trade and returns its profit in the currency of the account. */
  close(lots: number, pips: number): number {
    const profit_cents = Math.round(pips * lots * profit_per_pip_and_lot * 100);
    this.#open_centilots -= Math.round(lots * 100);
    this.#balance_cents += profit_cents;
    return profit_cents / 100;
  }

  /** What its broker reports; open trades are carried at their opening price, so equity is the balance. */
  report(): { balance: number; equity: number; margin: number; free_margin: number } {
    const margin_cents = marginCents(this.#open_centilots);
    return {
      balance: this.#balance_cents / 100,
      equity: this.#balance_cents / 100,
      margin: margin_cents / 100,
      free_margin: (this.#balance_cents - margin_cents) / 100,
    };
  }
}

function marginCents(centilots: number): number {
  return centilots * margin_per_centilot_cents;
}
