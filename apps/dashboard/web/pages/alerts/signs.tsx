import type { AlertRow } from '../../../src/api/alerts.js';
import { Badge, type Tone } from '../../ui/badge.js';
import { sayState } from './order.js';

const severityTones: Readonly<Record<AlertRow['severity'], Tone>> = {
  critical: 'bad',
  warning: 'warn',
  info: 'info',
};

export function SeverityOf({ severity }: { severity: AlertRow['severity'] }) {
  return <Badge tone={severityTones[severity]}>{severity}</Badge>;
}

export function StateOf({ state }: { state: AlertRow['state'] }) {
  return (
    <Badge tone={state === 'resolved' ? 'ok' : state === 'firing' ? 'bad' : 'quiet'}>{sayState(state)}</Badge>
  );
}
