import type { NewEvent, Receipt } from '@bitten/bridge';
import { BusAwayError } from '@bitten/client';
import { describeIssue } from '@bitten/schema';
import { KeyRefusedError, readClientKey } from '@bitten/transport';
import { EventBridge, InvalidEventError } from '../bus/bridge.js';
import type { CliSettings } from '../settings.js';
import { colorsFor, say } from '../show/terminal.js';

/** Receipts waited for at the same time. */
const outstanding_max = 2_000;

/** The newest first; the store has them once the collector has read them. */
const showDeadLetters = 'bitten dead-letters list';

/** Publishes events and prints their receipts, in the order of the events. */
export class ReceiptPrinter {
  readonly #bridge: EventBridge;
  readonly #settings: CliSettings;
  readonly #json: boolean;
  #printed: Promise<void> = Promise.resolve();
  #outstanding = 0;
  #failure: { error: unknown } | undefined;
  #refused = 0;
  #secrets = 0;
  /** Rejects when the bus does not let us in: that does not pass by waiting. */
  readonly #shutOut: Promise<never>;

  constructor(settings: CliSettings, options: { json: boolean }) {
    this.#settings = settings;
    this.#json = options.json;
    // The bridge would wait for a key file to come: who types a command is told at once.
    if (settings.keyFile !== null) readClientKey(settings.keyFile);
    this.#bridge = new EventBridge({
      host: settings.host,
      port: settings.busPort,
      keyFile: settings.keyFile,
      name: 'bitten-publish',
      // Who types a command waits for its outcome: nothing may be sent later without their knowing.
      spoolDir: false,
      disabled: false,
    });
    this.#shutOut = new Promise((_resolve, reject) => {
      this.#bridge.onStatus((status) => {
        if (status.state !== 'disconnected' || status.refused !== true) return;
        reject(new KeyRefusedError(`tcp://${settings.host}:${settings.busPort}`, status.why));
      });
    });
    this.#shutOut.catch(() => undefined);
  }

  /** How many events broke a rule of their type. */
  get refused(): number {
    return this.#refused;
  }

  /** Returns when more can be taken. Throws `BusAwayError` once a receipt is overdue, and `KeyRefusedError`. */
  async publish(where: string, event: NewEvent): Promise<void> {
    const receipt = this.#bridge.publish(event);
    this.#outstanding += 1;
    this.#printed = this.#printed
      .then(() => this.#print(where, receipt))
      .catch((error: unknown) => {
        this.#failure ??= { error };
      });
    if (this.#outstanding >= outstanding_max) await this.#printed;
    this.#throwFailure();
  }

  /** Returns when every receipt is printed, and what was refused is safe in the dead letters. */
  async settled(): Promise<void> {
    await this.#printed;
    this.#throwFailure();
    const secrets = this.#secrets;
    const kept = this.#refused - secrets;
    if (secrets > 0) {
      const what = this.#refused === 1 ? 'It was' : counted(secrets, 'was', 'were');
      say(`${what} not sent and not kept, because of the secret.`);
    }
    if (kept === 0) return;
    await this.#inTime(this.#bridge.flush());
    const what = this.#refused === 1 ? 'It is' : counted(kept, 'is', 'are');
    say(`${what} kept in the dead letters.`);
    say(`To see them: ${showDeadLetters}`);
  }

  /** Ends at once: what has no receipt by now is given up. */
  close(): Promise<void> {
    return this.#bridge.close({ timeout_ms: 0 });
  }

  async #print(where: string, receipt: Promise<Receipt>): Promise<void> {
    try {
      const { seq, level } = await this.#inTime(receipt);
      process.stdout.write(this.#json ? `${JSON.stringify({ seq, level })}\n` : `seq ${seq} ${level}\n`);
    } catch (error) {
      if (!(error instanceof InvalidEventError)) throw error;
      this.#printRefusal(where, error);
    } finally {
      this.#outstanding -= 1;
    }
  }

  #printRefusal(where: string, error: InvalidEventError): void {
    this.#refused += 1;
    // Of an event that holds a secret nothing leaves the bridge.
    if (error.issues.some(({ code }) => code === 'secret')) this.#secrets += 1;
    if (this.#json) process.stdout.write(`${JSON.stringify({ error: error.code, issues: error.issues })}\n`);
    const { red } = colorsFor(process.stderr);
    say(`${red('invalid')}: ${where}`);
    for (const issue of error.issues) say(`  ${describeIssue(issue)}`);
  }

  /** Throws `KeyRefusedError`, and `BusAwayError` where the bus does not answer within the timeout. */
  async #inTime<Result>(answer: Promise<Result>): Promise<Result> {
    const { host, busPort, timeout } = this.#settings;
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        const isThere = this.#bridge.stats().connection === 'connected';
        const why = isThere ? 'it is there, but does not acknowledge' : 'nobody answers there';
        reject(new BusAwayError(`tcp://${host}:${busPort}`, timeout, `${why}; the event was not kept`));
      }, timeout);
    });
    try {
      return await Promise.race([answer, deadline, this.#shutOut]);
    } finally {
      clearTimeout(timer);
    }
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}

function counted(count: number, is: string, are: string): string {
  return count === 1 ? `1 event ${is}` : `${count} events ${are}`;
}
