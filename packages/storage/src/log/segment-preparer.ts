import { type LogIo, openFlags, zeros } from './io.js';

type PreparerState =
  | { is: 'idle' }
  | { is: 'writing'; fd: number; bytes: number; done: number; due: number; busy: boolean; givenBack: boolean }
  | { is: 'ready'; bytes: number }
  /** Tried and failed (a full disk), or given back: not tried again before the next segment. */
  | { is: 'failed' }
  | { is: 'closed' };

/** From here to here of the active segment the next one is prepared. */
const beginAt = 0.25;
const readyAt = 0.85;
/** Written and synced at once: a commit may have to wait for so much on the disk. */
const chunkBytes = 256 * 1024;

/**
 * Fills the next segment's file with zeros in the background, so that the log writes in place.
 *
 * It follows the active segment: it writes and syncs a chunk at a time off the event loop, as far as the log has
 * grown accordingly. An idle log costs nothing, and a commit never has to queue behind more than one chunk. Nobody
 * waits for it: a file that is not ready when it is needed stays for the next time.
 * It never touches a file that the log writes.
 */
export class SegmentPreparer {
  readonly #io: LogIo;
  readonly #path: string;
  #state: PreparerState = { is: 'idle' };

  constructor(io: LogIo, path: string) {
    this.#io = io;
    this.#path = path;
  }

  /** Tells how full the active segment is, from 0 to 1, and how large the next one shall be. */
  follow(filled: number, bytes: number): void {
    if (this.#state.is === 'idle' && filled >= beginAt) this.#begin(bytes);
    const state = this.#state;
    if (state.is !== 'writing' || state.givenBack) return;
    state.due = Math.min((filled - beginAt) / (readyAt - beginAt), 1) * state.bytes;
    if (!state.busy) this.#goOn(state);
  }

  /** Hands over the prepared file where it is ready and large enough, and begins anew. */
  take(bytesMin: number): { path: string; bytes: number } | null {
    const state = this.#state;
    if (state.is === 'failed') this.#state = { is: 'idle' };
    if (state.is !== 'ready' || state.bytes < bytesMin) return null;
    this.#state = { is: 'idle' };
    return { path: this.#path, bytes: state.bytes };
  }

  /**
   * Gives back the space that the next segment was to have: a commit needs it now. False where there is none to
   * give. A chunk on its way may still arrive behind the cut, and goes with the file.
   */
  giveBack(): boolean {
    const state = this.#state;
    if (state.is === 'ready' || (state.is === 'writing' && !state.busy)) {
      this.#state = { is: 'failed' };
      this.#discard(state.is === 'writing' ? state.fd : null);
      return true;
    }
    if (state.is !== 'writing' || state.givenBack) return false;
    state.givenBack = true;
    try {
      this.#io.truncate(state.fd, 0);
    } catch {
      // It is removed, with all there is of it, when the chunk has arrived.
    }
    return true;
  }

  /** Removes what is unfinished, at once or when the chunk on its way has arrived. */
  close(): void {
    const state = this.#state;
    this.#state = { is: 'closed' };
    if (state.is === 'ready' || (state.is === 'writing' && !state.busy)) {
      this.#discard(state.is === 'writing' ? state.fd : null);
    }
  }

  #begin(bytes: number): void {
    try {
      const fd = this.#io.open(this.#path, openFlags.create);
      this.#state = { is: 'writing', fd, bytes, done: 0, due: 0, busy: false, givenBack: false };
    } catch {
      this.#state = { is: 'failed' };
    }
  }

  /** Writes the next chunk where it is due. */
  #goOn(state: Extract<PreparerState, { is: 'writing' }>): void {
    if (state.done > state.due) return;
    state.busy = true;
    const length = Math.min(chunkBytes, state.bytes - state.done);
    const at = { offset: 0, length, position: state.done };
    this.#io.writeLater(state.fd, zeros, at, (error, written) => {
      state.done += written;
      if (error !== null || written === 0) this.#settle(state, false);
      else this.#io.syncLater(state.fd, (failed) => this.#settle(state, failed === null));
    });
  }

  /** A chunk has arrived, or failed. */
  #settle(state: Extract<PreparerState, { is: 'writing' }>, arrived: boolean): void {
    state.busy = false;
    if (this.#state.is === 'closed') {
      this.#discard(state.fd);
    } else if (!arrived || state.givenBack) {
      this.#state = { is: 'failed' };
      this.#discard(state.fd);
    } else if (state.done === state.bytes) {
      this.#state = { is: 'ready', bytes: state.bytes };
      this.#closeFile(state.fd);
    } else {
      this.#goOn(state);
    }
  }

  #discard(fd: number | null): void {
    if (fd !== null) this.#closeFile(fd);
    try {
      this.#io.remove(this.#path);
    } catch {
      // Left over, it is removed when the log is opened again.
    }
  }

  #closeFile(fd: number): void {
    try {
      this.#io.close(fd);
    } catch {
      // Nothing was promised of this file.
    }
  }
}
