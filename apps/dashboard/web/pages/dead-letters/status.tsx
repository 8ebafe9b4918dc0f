import { Badge, type Tone } from '../../ui/badge.js';

const tones: Readonly<Record<string, Tone>> = {
  open: 'warn',
  retried: 'ok',
  corrected: 'ok',
  discarded: 'quiet',
};

/** How a dead letter stands. */
export function StatusOf({ status }: { status: string }) {
  return <Badge tone={tones[status] ?? 'quiet'}>{status}</Badge>;
}
