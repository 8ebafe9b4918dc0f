import type { EventBridge } from '@bitten/bridge';
import { now_ms } from './clock.js';
import type { SubscriberResult, SubscriberTask } from './messages.js';

/** Follows live and takes the time each event of the run was under way. */
export async function runSubscriber(
  bridge: EventBridge,
  task: SubscriberTask,
  { ready }: { ready: () => void },
): Promise<SubscriberResult> {
  const live_us = new Uint32Array(task.count);
  let seen = 0;
  let onDone: () => void;
  const done = new Promise<void>((resolve) => {
    onDone = resolve;
  });
  const types = task.types === null ? {} : { types: task.types };
  const subscription = bridge.subscribe({ ...types, from: 'now' }, (event) => {
    if (event.session_id !== task.run) return;
    live_us[seen] = Math.max(0, (now_ms() - sentAt_ms(event.data)) * 1000);
    seen += 1;
    if (seen === task.count) onDone();
  });
  await subscription.ready;
  ready();
  await done;
  return { role: 'subscriber', ended_ms: now_ms(), live_us };
}

/** By the clock of the machine, which client and subscriber share. */
function sentAt_ms(data: unknown): number {
  return Number((data as { sent_ms?: number }).sent_ms);
}
