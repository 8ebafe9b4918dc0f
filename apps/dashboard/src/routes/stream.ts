import type { Routes } from '../http/app.js';
import { wholeOf } from '../http/params.js';
import { filterOf } from '../live/filter.js';
import { Tail } from '../live/tail.js';

const seq_max = Number.MAX_SAFE_INTEGER;

export const streamRoutes: Routes = (app, { bus, live, hub }) => {
  app.get('/api/stream', (c) => {
    const { tail, after: asked, ...query } = c.req.query();
    const filter = filterOf(query);
    // A browser that reconnects by itself repeats the address, and says beside it how far it came.
    const after = wholeOf('after', c.req.header('last-event-id') ?? asked, { min: 0, max: seq_max });
    const makeTail = () =>
      new Tail({
        feed: live.feed,
        filter,
        after,
        fetch: (from, of, signal) => bus.ask((client) => client.fetch({ from, filter: of }, { signal })),
        end: async () => (await bus.ask((client) => client.hello())).next,
      });
    const { body } = hub.open(tail === '1' ? makeTail : null);
    return c.body(body, 200, { 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' });
  });
};
