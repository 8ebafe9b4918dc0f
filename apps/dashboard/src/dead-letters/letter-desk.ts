import {
  AlreadyDrivenError,
  compactJson,
  type DeadLetter,
  type Discarded,
  type Driven,
  deciderName,
  examine,
  examineText,
  findLetter,
  readPayload,
  Settler,
  type StoredLetters,
} from '@bitten/dead-letters';
import { BittenError } from '@bitten/schema';
import type { DeadLettersPage, DeadLetterWhole, Examined, Settle, Settled } from '../api/index.js';
import type { BusAccess } from '../bus/access.js';
import type { QueryPool } from '../queries/pool.js';
import { refusalOf } from './refusals.js';
import { examinedOf, rowOf, shownPayload } from './shown.js';

export interface LetterDeskOptions {
  queries: Pick<QueryPool, 'ask'>;
  bus: Pick<BusAccess, 'ask'>;
  /** Who decides; default the user this program runs as. */
  by?: string;
}

/** Which dead letters; newest first. */
export interface LettersAsked {
  statuses?: readonly string[] | undefined;
  types?: readonly string[] | undefined;
  /** Only places below this one. */
  before?: number | undefined;
  limit: number;
}

/** There is no store yet, or one that an older or newer version has made: the bus still has the dead letters. */
const noStore: ReadonlySet<string> = new Set(['missing_store', 'older_store', 'newer_store']);

/**
 * What a page does with dead letters.
 *
 * **Failure.** See `Settler`: whatever breaks off can be tried again, by anybody, and stores nothing twice. All that a
 * person can do wrong is thrown as an `HttpError`.
 */
export class LetterDesk {
  readonly #o: LetterDeskOptions;

  constructor(options: LetterDeskOptions) {
    this.#o = options;
  }

  async list({ statuses, types, before, limit }: LettersAsked): Promise<DeadLettersPage> {
    const { queries } = this.#o;
    const query = {
      ...(statuses === undefined ? {} : { statuses }),
      ...(types === undefined ? {} : { event_types: types }),
      ...(before === undefined ? {} : { before }),
      // One more than is shown says whether there are more.
      limit: limit + 1,
      payload_length_max: 0,
    };
    const [letters, counts] = await Promise.all([
      queries.ask('deadLetters', query),
      queries.ask('deadLetterCounts'),
    ]);
    const shown = letters.slice(0, limit);
    const next = letters.length > limit ? String(shown.at(-1)!.id) : null;
    return { letters: shown.map(rowOf), next, counts };
  }

  /** All of one, from the store or, where that does not have it yet, from the bus. Throws `HttpError` 404. */
  async whole(place: number): Promise<DeadLetterWhole> {
    const [letter, resolutions] = await Promise.all([this.#find(place), this.#resolutions(place)]);
    const { text, bytes } = readPayload(letter);
    return {
      ...rowOf(letter),
      payload: text === null ? null : shownPayload(text),
      bytes,
      resolutions,
      examined: examinedOf(examine(letter)),
    };
  }

  /** What would be said of a text that somebody would put in its place. Throws `HttpError` 404. */
  async examine(place: number, payload: string): Promise<Examined> {
    return examinedOf(examineText(await this.#find(place), payload));
  }

  /** Drives it again as it is. Throws `HttpError` 404, 409. */
  retry(place: number, { reason, force = false }: Settle): Promise<Settled> {
    return this.#settle(place, (settler, letter) => settler.retry(letter, { reason, force }));
  }

  /** Publishes what somebody puts in its place. Throws `HttpError` 400, 404, 409. */
  correct(place: number, payload: string, { reason, force = false }: Settle): Promise<Settled> {
    const text = compactJson(payload);
    const drive = (settler: Settler, letter: DeadLetter) => settler.correct(letter, text, { reason, force });
    return this.#settle(place, drive, true);
  }

  /** Gives it up. Throws `HttpError` 404, 409. */
  discard(place: number, reason: string): Promise<Settled> {
    return this.#settle(place, (settler, letter) => settler.discard(letter, reason));
  }

  async #settle(
    place: number,
    settle: (settler: Settler, letter: DeadLetter) => Promise<Driven | Discarded>,
    isCorrected = false,
  ): Promise<Settled> {
    const { bus, by } = this.#o;
    try {
      const logId = await this.#logId();
      const letter = await findLetter(place, { stored: await this.#stored(place), ask: bus.ask, logId });
      return settledOf(
        place,
        await settle(new Settler({ ask: bus.ask, logId, by: deciderName(by) }), letter),
      );
    } catch (error) {
      throw refusalOf(error, { isCorrected });
    }
  }

  async #find(place: number): Promise<DeadLetter> {
    try {
      const stored = await this.#stored(place);
      if (stored.letter !== null) return stored.letter;
      return await findLetter(place, { stored, ask: this.#o.bus.ask, logId: await this.#logId() });
    } catch (error) {
      throw refusalOf(error);
    }
  }

  async #logId(): Promise<string> {
    return (await this.#o.bus.ask((client) => client.hello())).log_id;
  }

  async #stored(place: number): Promise<StoredLetters> {
    const { queries } = this.#o;
    return orWithoutStore({ logId: null, letter: null }, async () => {
      const [logId, letters] = await Promise.all([
        queries.ask('logId'),
        queries.ask('deadLetters', { ids: [place] }),
      ]);
      return { logId, letter: letters[0] ?? null };
    });
  }

  #resolutions(place: number): Promise<DeadLetterWhole['resolutions']> {
    return orWithoutStore([], () => this.#o.queries.ask('deadLetterResolutions', { place }));
  }
}

async function orWithoutStore<Value>(nothing: Value, read: () => Promise<Value>): Promise<Value> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof BittenError && noStore.has(error.code)) return nothing;
    throw error;
  }
}

/** Throws `AlreadyDrivenError` where somebody else's version is stored: this one's was not published. */
function settledOf(place: number, outcome: Driven | Discarded): Settled {
  if (outcome.action === 'discarded') {
    return { action: 'discarded', seq: null, repeat: outcome.isRepeat, refused: null };
  }
  const { action, seq, refused, isRepeat, isOther } = outcome;
  if (isOther) {
    throw new AlreadyDrivenError(
      place,
      `it was ${action} as event ${seq}, and what you gave was not published`,
    );
  }
  const again =
    refused === null
      ? null
      : { dead_letter: refused.deadLetter, issues: refused.issues.map((issue) => ({ ...issue })) };
  return { action, seq, repeat: isRepeat, refused: again };
}
