// Subscribes to everything from the first event on and holds what comes against what must come: `seq` without a
// hole, and of each run of a publisher the events 1, 2, 3, … each once and in order.
//
// Says each second how far it is. A durable cursor that holds keeps retention behind it.
import { EventBridge } from '@bitten/bridge';

const bridge = new EventBridge({ name: 'witness' });
/** The last number seen of each run. */
const runs: Record<string, number> = {};
const wrong: string[] = [];
const wrong_max = 20;
let seen = 0;
let gaps = 0;
let next = 1;
let reporting: NodeJS.Timeout | undefined;

function complain(what: string): void {
  if (wrong.length < wrong_max) wrong.push(what);
}

const subscription = bridge.subscribe(
  {
    from: 'start',
    cursor: 'witness',
    hold: true,
    onGap: ({ from, to }) => {
      gaps += 1;
      complain(`gap from ${from} to ${to}`);
      next = to;
    },
    onError: () => undefined,
  },
  ({ seq, data }) => {
    if (seq !== next) complain(`seq ${seq} where ${next} was expected`);
    next = seq + 1;
    seen += 1;
    const { run, n } = data as { run?: number; n?: number };
    // The bus's own heartbeats.
    if (run === undefined || n === undefined) return;
    const before = runs[run] ?? 0;
    if (n !== before + 1) complain(`run ${run}: event ${n} at seq ${seq}, after event ${before}`);
    runs[run] = n;
  },
);

function report(more: object = {}): void {
  process.stdout.write(
    `${JSON.stringify({ seen, next, gaps, wrong, runs, lag: subscription.lag, ...more })}\n`,
  );
}

await subscription.ready;
report({ ready: true });
reporting = setInterval(report, 1_000);

process.once('SIGTERM', async () => {
  clearInterval(reporting);
  await bridge.close();
  report({ done: true });
  process.exit(0);
});
