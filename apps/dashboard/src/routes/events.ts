import type { EventsPage, EventWhole } from '../api/index.js';
import { commandsFor } from '../events/commands.js';
import { exportEvents } from '../events/export.js';
import type { ExportFormat } from '../events/export-text.js';
import { searchOf, showPlace } from '../events/query.js';
import { listedRowOf, rowOf } from '../events/rows.js';
import type { Routes } from '../http/app.js';
import { badRequest, notFound } from '../http/errors.js';
import { wholeOf } from '../http/params.js';
import { feedEventsOf } from '../live/log-feed.js';
import type { Services } from '../services.js';

const chain_events_max = 200;
const formats: readonly ExportFormat[] = ['ndjson', 'csv'];

export const eventRoutes: Routes = (app, services) => {
  const { queries, origin, flags } = services;
  app.get('/api/events', async (c) => {
    const { events, next, searched_to } = await queries.ask('listEvents', searchOf(c.req.query()));
    const page: EventsPage = {
      events,
      next: next === null ? null : showPlace(next),
      searched_to,
    };
    return c.json(page);
  });
  app.get('/api/events/export', (c) => {
    const { format = 'ndjson', ...query } = c.req.query();
    const found = formats.find((each) => each === format);
    if (found === undefined) {
      throw badRequest('format', { found: JSON.stringify(format.slice(0, 100)), expected: 'ndjson or csv' });
    }
    return c.body(exportEvents(searchOf(query), { format: found, queries }), 200, {
      'Content-Type': found === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson',
      'Content-Disposition': `attachment; filename="bitten-events.${found}"`,
    });
  });
  app.get('/api/events/:seq', async (c) => {
    const seq = wholeOf('seq', c.req.param('seq'), { min: 1, max: Number.MAX_SAFE_INTEGER })!;
    const [stored, text] = await Promise.all([queries.ask('event', { seq }), textOf(services, seq)]);
    if (stored === null) {
      throw notFound(
        `the store has no event ${seq}`,
        text === null
          ? 'it may be gone by retention'
          : 'the bus has it; the collector will store it in a moment',
      );
    }
    const event = rowOf(stored);
    const { correlation_id, data } = stored;
    const ids = [correlation_id, data.fire_id, data.signal_id];
    const chain = await queries.ask('chainOf', { ids, of: listedRowOf(stored), limit: chain_events_max });
    const whole: EventWhole = {
      event,
      text,
      chain,
      commands: commandsFor(event, { flags, origin: origin() }),
    };
    return c.json(whole);
  });
};

/** The publisher's own bytes; null where the log no longer has them, or the bus is away. */
async function textOf({ bus, log }: Services, seq: number): Promise<string | null> {
  try {
    const page = await bus.ask((client) => client.fetch({ from: seq, max_bytes: 1 }));
    const [first] = feedEventsOf(page);
    return first?.seq === seq ? first.text : null;
  } catch (error) {
    log.debug({ err: error, seq }, 'the text of an event cannot be had');
    return null;
  }
}
