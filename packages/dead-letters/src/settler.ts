import { type Catalogue, createStandardCatalogue, type DeadLetterResolved, type Issue } from '@bitten/schema';
import { oneLine, type PublishReply } from '@bitten/transport';
import type { Ask } from './ask.js';
import { AlreadyDrivenError, CautionError, StillInvalidError } from './errors.js';
import { type Examination, examine, examineText } from './examine.js';
import { fetchEvent } from './fetch.js';
import { type DeadLetter, discarderOf, driverOf } from './letter.js';
import { readPayload } from './payload.js';
import { correlationIn, encodeResolution } from './resolution.js';

/** Which bus is asked, whose dead letters they are, and who decides. */
export interface SettlerOptions {
  ask: Ask;
  /** The log the dead letters are of: `log_id` of `hello`. */
  logId: string;
  /** Who decides: a person, or a program; at most 100 characters. */
  by?: string;
  /** The rules known here; default the standard types. */
  catalogue?: Catalogue;
  /** Unix seconds. */
  now?: () => number;
}

/** How, and why, a dead letter is driven again. */
export interface DriveOptions {
  /** Drives it again whatever there is to think of (`CautionError`); never what breaks a rule. */
  force?: boolean;
  /** Why, in at most 500 characters. */
  reason?: string | undefined;
}

/** What became of a dead letter that was driven again. */
export interface Driven {
  action: 'retried' | 'corrected';
  /** The event it is now; null where the bus refused it again, or no longer knows the place. */
  seq: number | null;
  /** Where the bus refused it again, by rules that are not known here: the new dead letter, and why. */
  refused: { deadLetter: number | null; issues: readonly Issue[] } | null;
  /** It had been driven before, by an earlier try or by somebody else; nothing was stored a second time. */
  isRepeat: boolean;
  /** That one before was another event than the one given now, which was not stored. */
  isOther: boolean;
}

/** What became of one that was given up. `isRepeat`: it had been given up before, with the reason of then. */
export interface Discarded {
  action: 'discarded';
  isRepeat: boolean;
}

/**
 * Says what becomes of dead letters.
 *
 * **Ordering.** First the event, then the word of it (`dead_letter_resolved`): what is said to have been published
 * has been.
 *
 * **Failure.** Both go out under the letter's own producer, as its numbers 1 and 2, so the bus takes each once: a
 * process killed between any two steps, a lost connection, two people at once store neither twice, and trying again
 * goes on where it was. The bus remembers the 50,000 producers seen last; of a letter older than that, `status` says
 * that it was settled. Two who give it up and drive it again within the same instant may leave both words; the later
 * one is its status.
 */
export class Settler {
  readonly #o: SettlerOptions;
  readonly #catalogue: Catalogue;
  readonly #now: () => number;

  constructor(options: SettlerOptions) {
    this.#o = options;
    this.#catalogue = options.catalogue ?? createStandardCatalogue();
    this.#now = options.now ?? (() => Date.now() / 1000);
  }

  /**
   * Publishes a dead letter as it is. Throws `StillInvalidError` and `CautionError`, before anything is sent, and
   * `AlreadyDrivenError` where it was settled so long ago that the bus cannot tell.
   */
  retry(letter: DeadLetter, options: DriveOptions = {}): Promise<Driven> {
    const { text } = readPayload(letter);
    const examined = examine(letter, this.#rules());
    return this.#drive(letter, { ...options, examined, text: oneLine(text ?? ''), action: 'retried' });
  }

  /** Publishes what somebody puts in its place; see `retry`. */
  correct(letter: DeadLetter, text: string, options: DriveOptions = {}): Promise<Driven> {
    const examined = examineText(letter, text, this.#rules());
    return this.#drive(letter, { ...options, examined, text: oneLine(text), action: 'corrected' });
  }

  /** Gives a dead letter up. Throws `AlreadyDrivenError` where it has become an event. */
  async discard(letter: DeadLetter, reason: string): Promise<Discarded> {
    const { ask, logId } = this.#o;
    const said = this.#encode(letter, { action: 'discarded', reason }, readPayload(letter).text);
    const driven = await ask((client) => client.producerState(driverOf(logId, letter.id)));
    if (driven > 0) throw new AlreadyDrivenError(letter.id, 'the bus has it from an earlier try');
    if (isDriven(letter)) throw new AlreadyDrivenError(letter.id, `it is ${letter.status}`);
    const producer = discarderOf(logId, letter.id);
    const isRepeat = (await ask((client) => client.producerState(producer))) > 0;
    if (!isRepeat) await this.#publish(producer, 1, said);
    return { action: 'discarded', isRepeat };
  }

  async #drive(letter: DeadLetter, drive: Drive): Promise<Driven> {
    const { examined, text, reason } = drive;
    if (examined.event === null) throw new StillInvalidError(letter.id, examined.issues);
    if (!drive.force && examined.cautions.length > 0) throw new CautionError(letter.id, examined.cautions);
    // What cannot be said of it must not come to light when it is an event already.
    this.#encode(letter, { action: drive.action, ...given({ reason }) }, text);
    const producer = driverOf(this.#o.logId, letter.id);
    const known = await this.#o.ask((client) => client.producerState(producer));
    if (known === 0 && isDriven(letter)) throw new AlreadyDrivenError(letter.id, `it is ${letter.status}`);
    const driven = await this.#sendEvent(letter, producer, { ...drive, isRepeat: known > 0 });
    await this.#sayDriven(letter, driven, drive);
    return driven;
  }

  async #sendEvent(
    letter: DeadLetter,
    producer: string,
    { action, text, isRepeat }: Drive & { isRepeat: boolean },
  ): Promise<Driven> {
    const reply = await this.#publish(producer, 1, text);
    const [rejected] = reply.rejected;
    if (rejected !== undefined) {
      const refused = { deadLetter: rejected.dead_letter, issues: rejected.issues };
      return { action, seq: null, refused, isRepeat, isOther: false };
    }
    const seq = reply.seqs[0]?.[1] ?? null;
    // Also where nobody had driven it a moment ago: two people may have had the same thought.
    const stored = seq === null ? text : await fetchEvent(this.#o.ask, seq);
    if (stored === null || stored === text) return { action, seq, refused: null, isRepeat, isOther: false };
    // What is in the log decides what became of the letter, not what somebody else would have put there now.
    const before = stored === oneLine(readPayload(letter).text ?? '') ? 'retried' : 'corrected';
    return { action: before, seq, refused: null, isRepeat: true, isOther: true };
  }

  async #sayDriven(letter: DeadLetter, driven: Driven, { reason, text }: Drive): Promise<void> {
    const { action, seq, refused, isOther } = driven;
    const why = refused === null ? reason : refusedReason(refused.deadLetter, reason);
    // What somebody else has driven is told without this one's name and reason, in case theirs has not been said.
    const said = isOther
      ? this.#encode(letter, { action, ...given({ seq }) }, text, null)
      : this.#encode(letter, { action, ...given({ seq, reason: why }) }, text);
    await this.#publish(driverOf(this.#o.logId, letter.id), 2, said);
  }

  /** Everything before the number is acknowledged: it is sent one at a time. */
  #publish(producer: string, number: number, text: string): Promise<PublishReply> {
    const batch = { producer, first: number, count: 1, acked: number - 1, body: Buffer.from(text) };
    return this.#o.ask((client) => client.publish(batch));
  }

  #encode(
    { id }: DeadLetter,
    what: Omit<DeadLetterResolved, 'dead_letter' | 'by'>,
    text: string | null,
    by = this.#o.by ?? null,
  ): string {
    const data = { dead_letter: id, ...what, ...given({ by }) } as DeadLetterResolved;
    return encodeResolution(data, { at: this.#now(), correlation: correlationIn(text) });
  }

  #rules(): { catalogue: Catalogue; now: number } {
    return { catalogue: this.#catalogue, now: this.#now() };
  }
}

interface Drive extends DriveOptions {
  action: Driven['action'];
  examined: Examination;
  text: string;
}

function isDriven({ status }: DeadLetter): boolean {
  return status === 'retried' || status === 'corrected';
}

const reason_length_max = 500;

function refusedReason(deadLetter: number | null, reason: string | undefined): string {
  const where = deadLetter === null ? 'refused again' : `refused again: dead letter ${deadLetter}`;
  return (reason === undefined ? where : `${where}; ${reason}`).slice(0, reason_length_max);
}

/** The fields that have a value. */
function given(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== null),
  );
}
