import type { AlertRow, ChannelState } from '../../../src/api/alerts.js';
import type { Tone } from '../../ui/badge.js';
import { counted } from '../../ui/format.js';

type Delivery = AlertRow['deliveries'][number];

const words: Readonly<Record<Delivery['state'], string>> = {
  waiting: 'waiting',
  delivered: 'delivered',
  given_up: 'given up',
  silenced: 'silenced',
};

const tones: Readonly<Record<Delivery['state'], Tone>> = {
  waiting: 'warn',
  delivered: 'ok',
  given_up: 'bad',
  silenced: 'quiet',
};

export function toneOf({ state }: Pick<Delivery, 'state'>): Tone {
  return tones[state];
}

/** One delivery: how it stands, and how it came to that. What went wrong is told for as long as it matters. */
export function sayDelivery({ channel, state, attempts, error }: Delivery): {
  state: string;
  details: string;
} {
  const isTold = attempts > 1 || (attempts === 1 && state !== 'delivered');
  const details = [
    ...(isTold ? [counted(attempts, 'attempt')] : []),
    ...(error === null || state === 'delivered' ? [] : [error]),
  ];
  return { state: `${channel}: ${words[state]}`, details: details.join(', ') };
}

/** All of an alert's deliveries in a few words, for a list. */
export function sayDeliveries(deliveries: readonly Delivery[]): { text: string; tone: Tone } {
  if (deliveries.length === 0) return { text: 'no channel', tone: 'quiet' };
  const order: readonly Delivery['state'][] = ['given_up', 'waiting', 'delivered', 'silenced'];
  const present = order
    .map((state) => ({ state, count: deliveries.filter((delivery) => delivery.state === state).length }))
    .filter(({ count }) => count > 0);
  const text = present.map(({ state, count }) => `${count} ${words[state]}`).join(', ');
  return { text, tone: tones[present[0]!.state] };
}

/** How a channel is: one that has given up something, or cannot get rid of what waits, is not well. */
export function channelTone({ waiting, given_up, last_error }: ChannelState): Tone {
  if (waiting > 0 && last_error !== null) return 'bad';
  if (given_up > 0) return 'warn';
  return 'ok';
}

export function sayChannel(channel: ChannelState): string {
  const tone = channelTone(channel);
  if (tone === 'bad') return 'trouble';
  return tone === 'warn' ? 'has given up some' : 'well';
}
