import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { DurationFamily, HealthSource, MetricFamily, NoteDuration } from './types.js';

/** The metrics of one process, as Prometheus reads them. */
export class Metrics<Facts> {
  readonly #source: Pick<HealthSource<Facts>, 'facts' | 'families'>;
  readonly #families: ReadonlyArray<ShownFamily<Facts>>;
  /** Apart: without facts there is nothing to say of them, and a 0 would be a lie. */
  readonly #registry = new Registry();
  readonly #always = new Registry();
  readonly #process: ReadonlyArray<ShownFamily<void>>;

  /** `always` is told whatever the app is about. */
  constructor(
    source: Pick<HealthSource<Facts>, 'facts' | 'families'>,
    always: ReadonlyArray<MetricFamily<void>>,
  ) {
    this.#source = source;
    this.#families = source.families.map((family) => new ShownFamily(family, this.#registry));
    this.#process = always.map((family) => new ShownFamily(family, this.#always));
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** A histogram. Every step is there from the beginning, so that a rate has something to start from. */
  durations<Step extends string>(family: DurationFamily<Step>): NoteDuration<Step> {
    const histogram = new Histogram({
      name: family.name,
      help: family.help,
      labelNames: [family.label],
      buckets: [...family.buckets_s],
      registers: [this.#always],
    });
    for (const step of family.steps) histogram.zero({ [family.label]: step });
    const byStep = new Map(family.steps.map((step) => [step, histogram.labels({ [family.label]: step })]));
    return (step, seconds) => byStep.get(step)?.observe(Math.max(0, seconds));
  }

  /** All of it, as text. The facts are asked for once. */
  async text(): Promise<string> {
    for (const family of this.#process) family.set();
    const facts = this.#source.facts();
    if (facts === null) return this.#always.metrics();
    for (const family of this.#families) family.set(facts);
    return `${await this.#always.metrics()}${await this.#registry.metrics()}`;
  }
}

/** A family with its place in the text; its values are set anew each time. */
class ShownFamily<Facts> {
  readonly #family: MetricFamily<Facts>;
  readonly #metric: Counter | Gauge;

  constructor(family: MetricFamily<Facts>, registry: Registry) {
    this.#family = family;
    const { name, help, labels = [] } = family;
    const about = { name, help, labelNames: [...labels], registers: [registry] };
    this.#metric = family.type === 'counter' ? new Counter(about) : new Gauge(about);
  }

  set(facts: Facts): void {
    const found = this.#family.read(facts);
    this.#metric.reset();
    if (typeof found === 'number') this.#metric.inc(found);
    // A metric without labels is 0 from the start, which nobody has said here.
    else if (found === null) this.#metric.remove();
    else for (const { labels, value } of found) this.#metric.inc({ ...labels }, value);
  }
}
