import { token } from '../shell/token.js';

/** Whether this page may ask for a change. */
export function mayChange(): boolean {
  return token.value !== null;
}

/** Says how to get what a change needs; nothing where it is there. `what` is what cannot be done: `to play it`. */
export function NeedsToken({ what }: { what: string }) {
  if (mayChange()) return null;
  return (
    <p class="needs-token">
      <strong>This page only reads.</strong> {what} it needs the token of this dashboard: open the address
      that <code>pnpm dev</code> prints, or press <em>Read only</em> above and give what is in the file{' '}
      <code>dashboard-token</code> of the data folder (usually <code>data/dashboard-token</code>).
    </p>
  );
}
