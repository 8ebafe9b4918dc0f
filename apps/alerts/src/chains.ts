import { existsSync } from 'node:fs';
import type { ChainStep, RecordedAlert } from '@bitten/notify';
import type { Lifecycle, SqliteStore } from '@bitten/storage/store';

/** What a signal or fire went through, out of the store; nothing where there is no store, or it knows nothing of it. */
export class Chains {
  readonly #file: string;
  readonly #open: (file: string) => SqliteStore;

  constructor(file: string, open: (file: string) => SqliteStore) {
    this.#file = file;
    this.#open = open;
  }

  /** Never throws: an alert is told whatever the store says. */
  readonly of = ({ key, correlation_id }: Pick<RecordedAlert, 'key' | 'correlation_id'>): ChainStep[] => {
    if (!existsSync(this.#file)) return [];
    try {
      const store = this.#open(this.#file);
      try {
        const ids = [key, correlation_id ?? ''].filter((id) => id !== '');
        for (const id of ids) {
          const [life] = store.lifecycle({ id, limit: 1 });
          if (life !== undefined) return stepsOf(life);
        }
        return [];
      } finally {
        store.close();
      }
    } catch {
      return [];
    }
  };
}

/** The steps of a life; what has not come is said of the steps that everybody waits for. */
function stepsOf(life: Lifecycle): ChainStep[] {
  const { signal_at, fired_at, executed_at, confirmed_at, outcome_at, pattern, ticket, outcome, profit } =
    life;
  const steps: ChainStep[] = [
    { step: 'signal', at: signal_at, what: pattern },
    { step: 'fire', at: fired_at, what: life.fire_id },
    { step: 'executed', at: executed_at, what: ticket === null ? null : `ticket ${ticket}` },
  ];
  if (confirmed_at !== null) steps.push({ step: 'confirmed', at: confirmed_at, what: null });
  const result = [outcome, profit === null ? null : `profit ${profit}`].filter((word) => word !== null);
  if (outcome_at !== null) steps.push({ step: 'outcome', at: outcome_at, what: result.join(', ') || null });
  return steps;
}
