import { randomFillSync } from 'node:crypto';
import type { PeerId } from './peers.js';

/** Replies that a client may leave unread; ZeroMQ drops what is beyond, and the client's deadline passes. */
export const unread_replies_max = 256;

/** A reply that its client may not have read yet. */
interface Unread {
  /** What the client shows to say that it has read this reply, and with it all before. */
  mark: number;
  bytes: number;
  /** On the monotonic clock, in milliseconds. */
  sent_at: number;
}

interface Backlog {
  replies: Unread[];
  bytes: number;
  /** Room given to requests that are not answered yet. */
  promised: number;
  /** Whether it has ever shown a mark. */
  tells: boolean;
}

const sweep_ms = 1000;
/** Up to this size a reply counts only by its number. */
const small_bytes_max = 64 * 1024;

export const unreadBounds = {
  /** Of what one client has not read, and what it has asked for. */
  client_bytes_max: 16 * 1024 * 1024,
  /** The same with what came out larger than asked for: headers, and single events. */
  held_bytes_max: 24 * 1024 * 1024,
  /** The same of all clients together; above it everybody's pages are small. */
  total_bytes_max: 256 * 1024 * 1024,
  /** A page for a client that does not tell what it has read. */
  silent_page_bytes: { min: 4 * 1024, max: small_bytes_max },
  /** ZeroMQ cuts off a client that takes nothing for so long, and frees what waited for it. */
  stalled_ms: 60_000,
} as const;

/**
 * Knows how many bytes of replies each client has not read.
 *
 * A ROUTER holds what a client does not read, bounded in messages and not in bytes, and does not tell when a reply
 * has left. So each page carries a mark that cannot be guessed, and the client's next request shows the last mark it
 * has read: replies arrive in order, and who knows a mark has read everything before it. A client that never shows
 * one gets small pages, the smaller the more such clients there are, for which the bound on messages is enough.
 */
export class UnreadReplies {
  readonly #backlogs = new Map<PeerId, Backlog>();
  /** When each of those that have shown no mark last asked for a page. */
  readonly #silent = new Map<PeerId, number>();
  readonly #random = new Uint32Array(256);
  #randomLeft = 0;
  #bytes = 0;
  #sweptAt = 0;

  /** Of all clients together. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How large a page may be that a client asks for now. Room is kept for it until `settled`. */
  room(peer: PeerId, asked_bytes: number, now: number): number {
    const { client_bytes_max, total_bytes_max } = unreadBounds;
    const backlog = this.#backlogs.get(peer);
    if (backlog !== undefined) this.#forgetStalled(peer, backlog, now);
    if (!backlog?.tells) return Math.min(asked_bytes, this.#silentPage(peer, now));
    const left = this.#bytes > total_bytes_max ? 0 : client_bytes_max - backlog.bytes - backlog.promised;
    const room = Math.min(asked_bytes, Math.max(left, small_bytes_max));
    backlog.promised += room;
    return room;
  }

  /** A page of at most so many bytes is about to be sent, or an error in its place. */
  settled(peer: PeerId, room: number): void {
    const backlog = this.#backlogs.get(peer);
    if (backlog !== undefined) backlog.promised = Math.max(0, backlog.promised - room);
  }

  /** The client says that it has read the reply of that mark. One that was never given is no news. */
  read(peer: PeerId, mark: number): void {
    const backlog = this.#backlogs.get(peer);
    const index = backlog?.replies.findIndex((reply) => reply.mark === mark) ?? -1;
    if (backlog === undefined || index === -1) return;
    backlog.tells = true;
    this.#silent.delete(peer);
    this.#drop(backlog, index + 1);
  }

  /** Whether a reply may still be held for a client. A small one always may: their number is bounded. */
  mayHold(peer: PeerId, bytes: number, now: number): boolean {
    const backlog = this.#backlogs.get(peer);
    if (isSmall(bytes) || backlog === undefined) return true;
    this.#forgetStalled(peer, backlog, now);
    return backlog.bytes === 0 || backlog.bytes + bytes <= unreadBounds.held_bytes_max;
  }

  makeMark(): number {
    if (this.#randomLeft === 0) {
      randomFillSync(this.#random);
      this.#randomLeft = this.#random.length;
    }
    this.#randomLeft -= 1;
    return this.#random[this.#randomLeft]!;
  }

  /** A reply with a mark goes out. */
  sent(peer: PeerId, reply: { mark: number; bytes: number; now: number }): void {
    const { mark, bytes, now } = reply;
    const backlog = this.#backlogs.get(peer) ?? { replies: [], bytes: 0, promised: 0, tells: false };
    this.#backlogs.set(peer, backlog);
    // What a silent client has read is not known: its small pages are bounded by their number.
    const counted = backlog.tells || bytes > small_bytes_max ? bytes : 0;
    backlog.replies.push({ mark, bytes: counted, sent_at: now });
    backlog.bytes += counted;
    this.#bytes += counted;
    if (backlog.replies.length > unread_replies_max) this.#drop(backlog, 1);
    this.#sweep(now);
  }

  /** The client has gone, and with it what waited for it. */
  forget(peer: PeerId): void {
    const backlog = this.#backlogs.get(peer);
    if (backlog !== undefined) this.#drop(backlog, backlog.replies.length);
    this.#backlogs.delete(peer);
    this.#silent.delete(peer);
  }

  /** Nobody is left. */
  clear(): void {
    this.#backlogs.clear();
    this.#silent.clear();
    this.#bytes = 0;
  }

  #silentPage(peer: PeerId, now: number): number {
    this.#silent.set(peer, now);
    const { total_bytes_max, silent_page_bytes } = unreadBounds;
    const share = Math.floor(total_bytes_max / unread_replies_max / this.#silent.size);
    return Math.max(silent_page_bytes.min, Math.min(silent_page_bytes.max, share));
  }

  /** Now and then: nobody says when a client goes. */
  #sweep(now: number): void {
    if (now - this.#sweptAt < sweep_ms) return;
    this.#sweptAt = now;
    for (const [peer, backlog] of this.#backlogs) this.#forgetStalled(peer, backlog, now);
    for (const [peer, at] of this.#silent) if (now - at > unreadBounds.stalled_ms) this.#silent.delete(peer);
  }

  /** What is older has been read, or its client has been cut off. */
  #forgetStalled(peer: PeerId, backlog: Backlog, now: number): void {
    const fresh = backlog.replies.findIndex(({ sent_at }) => now - sent_at <= unreadBounds.stalled_ms);
    if (fresh !== 0) this.#drop(backlog, fresh === -1 ? backlog.replies.length : fresh);
    if (backlog.replies.length === 0 && !backlog.tells) this.#backlogs.delete(peer);
  }

  #drop(backlog: Backlog, count: number): void {
    for (const { bytes } of backlog.replies.splice(0, count)) {
      backlog.bytes -= bytes;
      this.#bytes -= bytes;
    }
  }
}

/** Whether a reply is one of those that are bounded by their number alone. */
export function isSmall(bytes: number): boolean {
  return bytes <= small_bytes_max;
}
