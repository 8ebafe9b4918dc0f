/** An event as `publish` takes it. */
export interface NumberedEvent {
  event_type: string;
  timestamp: number;
  source: string;
  data: Record<string, unknown> & { run: number; n: number };
}

/** The `n`th event of a publisher's `run`th life: of the mix, the same for the same seed. */
export function numberedEvents(seed: string): (run: number, n: number) => NumberedEvent;
