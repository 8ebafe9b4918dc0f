import type { ComponentType } from 'preact';

/** A page, loaded when it is first opened. Its module exports `Page`. */
export interface PageEntry {
  /** In the address. */
  name: string;
  title: string;
  /** One key opens it: `g`, then this. */
  key: string;
  load: () => Promise<{ Page: ComponentType }>;
}

export const pages: readonly PageEntry[] = [
  { name: 'now', title: 'Now', key: 'n', load: () => import('../pages/now/index.js') },
  { name: 'events', title: 'Events', key: 'e', load: () => import('../pages/events/index.js') },
  { name: 'lifecycle', title: 'Lifecycle', key: 'l', load: () => import('../pages/lifecycle/index.js') },
  { name: 'trading', title: 'Signals and trades', key: 's', load: () => import('../pages/trading/index.js') },
  {
    name: 'time-machine',
    title: 'Time machine',
    key: 't',
    load: () => import('../pages/time-machine/index.js'),
  },
  {
    name: 'dead-letters',
    title: 'Dead letters',
    key: 'd',
    load: () => import('../pages/dead-letters/index.js'),
  },
  { name: 'alerts', title: 'Alerts', key: 'a', load: () => import('../pages/alerts/index.js') },
];
