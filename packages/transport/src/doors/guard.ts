import { Context, type Event, Router } from 'zeromq';
import type { KeyPair } from '../keys/key-pair.js';
import { encodeZ85 } from '../keys/z85.js';
import { failLoudly, receiveAll } from '../receiving.js';
import { Presence } from './presence.js';

/** The sockets of the bus, as its settings call their ports. */
export type DoorName = 'pub' | 'pull' | 'bus';

/** Why somebody did not come in: see docs/SECURITY.md. */
export interface Refusals {
  /** A key that is not on the allow-list. */
  unknown_key: number;
  /** One connection more than a door may have. */
  too_many: number;
  /** No key where one is wanted, another key of the bus than ours, or something that does not speak ZeroMQ. */
  protocol: number;
  /** Hung up, or took too long, before it was in: port scanners do. */
  unfinished: number;
}

/** Somebody who did not come in, for the bus's own log. */
export interface Refusal {
  reason: keyof Refusals;
  door: DoorName;
  /** Where from, as far as that is known. */
  address?: string;
  /** The public key, where there was one. */
  publicKey?: string;
  /** How many of the same reason there were since the last that was told. */
  count: number;
}

export interface GuardOptions {
  /** Everybody needs a key that is on the list; without it, whoever reaches the address comes in. */
  curve?: { key: KeyPair; nameOf: (publicKey: string) => string | undefined } | undefined;
  /** Of each door. */
  connections_max: number;
  /** Told at most once in ten seconds for each reason. */
  onRefused?: ((refusal: Refusal) => void) | undefined;
}

/** What a socket needs to stand behind the guard. */
export interface GuardedOptions {
  context?: Context;
  zapDomain?: string;
  zapEnforceDomain?: boolean;
  handshakeInterval?: number;
  backlog?: number;
  curveServer?: boolean;
  curveSecretKey?: string;
}

/** Who has not come in by then is cut off. With keys, strangers hold what they have opened no longer than that. */
const handshake_ms_max = { withKeys: 3_000, withoutKeys: 10_000 };
/** So many may wait to be taken in by the kernel, which has a bound of its own: a crowd comes at once. */
const backlog = 1_024;
const told_ms = 10_000;

/**
 * Decides who comes in. ZeroMQ asks it at each handshake, over ZAP (RFC 27), and shows it which connections come
 * and go.
 *
 * A ZAP handler serves a whole ZeroMQ context, and a context has room for one: each guard has a context of its own,
 * in which its doors are made, so that several buses in one process do not decide for each other. It must outlive
 * its doors: without an answer nobody comes in.
 */
export class Guard {
  readonly refused: Refusals = { unknown_key: 0, too_many: 0, protocol: 0, unfinished: 0 };
  readonly #o: GuardOptions;
  readonly #context = new Context();
  readonly #zap = new Router({ context: this.#context, linger: 0 });
  readonly #presence: Record<DoorName, Presence> = {
    pub: new Presence(),
    pull: new Presence(),
    bus: new Presence(),
  };
  /** The keys that came in since a door was opened. */
  readonly #inside: Record<DoorName, Set<string>> = { pub: new Set(), pull: new Set(), bus: new Set() };
  readonly #told = new Map<keyof Refusals, { at: number; count: number }>();

  constructor(options: GuardOptions) {
    this.#o = options;
  }

  get wantsKeys(): boolean {
    return this.#o.curve !== undefined;
  }

  /** How many have come in, by door. */
  get connections(): Readonly<Record<DoorName, number>> {
    const { pub, pull, bus } = this.#presence;
    return { pub: pub.inside, pull: pull.inside, bus: bus.inside };
  }

  /** Begins to decide; before the first door is bound. */
  async open(): Promise<void> {
    await this.#zap.bind('inproc://zeromq.zap.01');
    receiveAll(this.#zap, (frames) => this.#decide(frames)).catch(failLoudly);
  }

  /** After the last door is closed. */
  close(): void {
    this.#zap.close();
  }

  optionsFor(door: DoorName): GuardedOptions {
    const { curve } = this.#o;
    return {
      context: this.#context,
      // A socket without keys asks only where its domain has a name.
      zapDomain: door,
      zapEnforceDomain: true,
      handshakeInterval: curve === undefined ? handshake_ms_max.withoutKeys : handshake_ms_max.withKeys,
      backlog,
      ...(curve === undefined ? {} : { curveServer: true, curveSecretKey: curve.key.secretKey }),
    };
  }

  /** A door has been opened, or opened anew: nobody is inside. */
  opened(door: DoorName): void {
    this.#presence[door] = new Presence();
    this.#inside[door].clear();
  }

  /** What the monitor of a door's socket shows. */
  saw(door: DoorName, event: Event): void {
    this.#presence[door].saw(event.type);
    switch (event.type) {
      case 'handshake:error:protocol':
        return this.#refuse({ reason: 'protocol', door });
      case 'handshake:error:other':
        return this.#refuse({ reason: 'unfinished', door });
    }
  }

  /** The doors behind which there may be somebody whose key does not count any more. */
  doorsToClear(): DoorName[] {
    const { curve } = this.#o;
    if (curve === undefined) return [];
    const doors = Object.entries(this.#inside) as Array<[DoorName, Set<string>]>;
    return doors
      .filter(([, keys]) => [...keys].some((key) => curve.nameOf(key) === undefined))
      .map(([door]) => door);
  }

  /** One question: RFC 27. The two frames in front say whom the answer is for. */
  #decide(frames: readonly Buffer[]): void {
    const [route, empty, version, id, domain, address, , mechanism, credential] = frames;
    if (route === undefined || empty === undefined || version === undefined || id === undefined) return;
    const door = domain?.toString() as DoorName;
    const [status, text] = this.#verdict({
      door,
      address: address?.toString() ?? '',
      mechanism: mechanism?.toString() ?? '',
      credential,
    });
    if (status === '200') this.#presence[door].admitted();
    else this.#presence[door].denied();
    this.#zap.send([route, empty, version, id, status, text, '', '']).catch(() => {
      // Who asked has gone.
    });
  }

  #verdict(asking: {
    door: DoorName;
    address: string;
    mechanism: string;
    credential: Buffer | undefined;
  }): [status: string, text: string] {
    const { door, address, mechanism, credential } = asking;
    const { curve, connections_max } = this.#o;
    if (this.#presence[door].taken >= connections_max) {
      this.#refuse({ reason: 'too_many', door, address });
      return ['300', 'too many connections'];
    }
    if (curve === undefined) return mechanism === 'NULL' ? ['200', 'welcome'] : ['400', 'no keys here'];
    const publicKey = credential?.length === 32 ? encodeZ85(credential) : '';
    if (mechanism !== 'CURVE' || curve.nameOf(publicKey) === undefined) {
      this.#refuse({ reason: 'unknown_key', door, address, publicKey });
      return ['400', 'unknown key'];
    }
    this.#inside[door].add(publicKey);
    return ['200', 'welcome'];
  }

  #refuse(refusal: Omit<Refusal, 'count'>): void {
    const { reason } = refusal;
    this.refused[reason] += 1;
    const told = this.#told.get(reason) ?? { at: Number.NEGATIVE_INFINITY, count: 0 };
    this.#told.set(reason, told);
    told.count += 1;
    if (performance.now() - told.at < told_ms) return;
    told.at = performance.now();
    const { count } = told;
    told.count = 0;
    this.#o.onRefused?.({ ...refusal, count });
  }
}
