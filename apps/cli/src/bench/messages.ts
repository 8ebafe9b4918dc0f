import type { TrafficOptions } from './traffic.js';

/** Where the bus is, for a process of its own. */
export interface BusAddress {
  host: string;
  port: number;
  keyFile: string | null;
}

/** What a client has to do. */
export interface ClientTask extends TrafficOptions {
  role: 'client';
  bus: BusAddress;
  count: number;
  /** Events under way at the same time, before it waits for receipts. */
  batch: number;
  /** Events a second; null is as fast as it goes. */
  rate_per_s: number | null;
}

export interface SubscriberTask {
  role: 'subscriber';
  bus: BusAddress;
  /** It is done when it has seen so many events of the run. */
  count: number;
  run: string;
  types: string[] | null;
}

export type Task = ClientTask | SubscriberTask;

/** What a client has measured. */
export interface ClientResult {
  role: 'client';
  begun_ms: number;
  /** The last receipt. */
  ended_ms: number;
  last_seq: number;
  bytes_mean: number;
  /** From publish() to the receipt, microseconds. */
  receipts_us: Uint32Array;
  failed: number;
  /** What the first failure said. */
  why: string | null;
}

export interface SubscriberResult {
  role: 'subscriber';
  ended_ms: number;
  /** From publish() to the handler, microseconds. */
  live_us: Uint32Array;
}

export type Result = ClientResult | SubscriberResult;

/** To the driver. */
export type Report = { kind: 'ready' } | { kind: 'done'; result: Result } | { kind: 'failed'; why: string };
