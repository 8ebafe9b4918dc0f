/** How a client stands with the bus. Times are Unix seconds. */
export type Status =
  | { state: 'connecting'; since: number }
  | { state: 'connected'; since: number }
  /** `refused`: the bus is there and does not let this client in; `why` says what to do. */
  | { state: 'disconnected'; since: number; why: string; refused?: true }
  | { state: 'closed'; since: number };

/** What can happen to a connection. */
export type StatusEvent =
  | { type: 'handshake' }
  | { type: 'lost'; why: string }
  | { type: 'failed'; why: string }
  | { type: 'refused'; why: string }
  | { type: 'closed' };

/**
 * The status after an event, or the same object where nothing changes. `lost` ends a connection, `failed` is an
 * attempt that did not become one: while disconnected it changes nothing, so that the status keeps saying since
 * when and why. `refused` is news also then.
 */
export function nextStatus(status: Status, event: StatusEvent, now: number): Status {
  if (status.state === 'closed') return status;
  switch (event.type) {
    case 'closed':
      return { state: 'closed', since: now };
    case 'handshake':
      return status.state === 'connected' ? status : { state: 'connected', since: now };
    case 'lost':
      return status.state === 'connected' ? { state: 'disconnected', since: now, why: event.why } : status;
    case 'failed':
      return status.state === 'connecting' ? { state: 'disconnected', since: now, why: event.why } : status;
    case 'refused': {
      const isOld = status.state === 'disconnected';
      if (isOld && status.why === event.why) return status;
      return { state: 'disconnected', since: isOld ? status.since : now, why: event.why, refused: true };
    }
  }
}
