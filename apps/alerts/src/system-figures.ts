import { type Figures, figuresOf, gatherVitals, type VitalsPlace } from '@bitten/vitals';

export interface SystemFiguresOptions {
  place: VitalsPlace;
  signal: AbortSignal;
  onTrouble: (error: unknown) => void;
  every_ms?: number;
}

const every_ms_default = 5_000;

/** Measures the system now and then, beside whatever else is done. */
export class SystemFigures {
  readonly #o: SystemFiguresOptions;
  #timer: NodeJS.Timeout | undefined;
  #isGathering = false;
  #newest: (Figures & { bus_away_s: number }) | null = null;
  #answeredAt = Date.now() / 1000;

  constructor(options: SystemFiguresOptions) {
    this.#o = options;
    this.#timer = setInterval(() => void this.#gather(), options.every_ms ?? every_ms_default);
    void this.#gather();
  }

  /** What was measured since it was taken last; null for nothing. */
  take(): Record<string, number> | null {
    const taken = this.#newest;
    this.#newest = null;
    return taken;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #gather(): Promise<void> {
    if (this.#isGathering) return;
    this.#isGathering = true;
    const { place, signal, onTrouble } = this.#o;
    try {
      const vitals = await gatherVitals(place, { components: [], signal });
      const now = Date.now() / 1000;
      if (vitals.bus.ok) this.#answeredAt = now;
      this.#newest = { ...figuresOf(vitals, place.dataDir), bus_away_s: Math.round(now - this.#answeredAt) };
    } catch (error) {
      if (!signal.aborted) onTrouble(error);
    } finally {
      this.#isGathering = false;
    }
  }
}
