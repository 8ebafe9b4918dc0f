import * as v from 'valibot';
import type { Routes } from '../http/app.js';
import { readBody } from '../http/body.js';
import { wholeOf } from '../http/params.js';

const places = { min: 1, max: Number.MAX_SAFE_INTEGER };
const history_rows = { min: 1, max: 500, default: 50 };

const name = v.pipe(v.string(), v.minLength(1), v.maxLength(200));
const words = v.pipe(v.string(), v.maxLength(500));
const acknowledgeSchema = v.object({ id: name, by: v.exactOptional(name), note: v.exactOptional(words) });
const silenceSchema = v.object({
  rule: v.nullable(name),
  key: v.nullable(name),
  from: v.exactOptional(v.number()),
  until: v.number(),
  reason: v.pipe(words, v.trim(), v.minLength(1)),
  by: v.exactOptional(v.nullable(name)),
});

/** So often is looked whether there is news for the pages. */
const look_ms = 1_000;

export const alertRoutes: Routes = (app, { alerts, hub, log, signal }) => {
  const page = (before?: number, limit = history_rows.default) => alerts.page({ before, limit });
  let told: string | undefined;
  const tell = () => {
    if (hub.facts().streams === 0) return;
    try {
      const news = page();
      const text = JSON.stringify(news);
      if (text !== told) hub.tell('alerts', news);
      told = text;
    } catch (error) {
      // Whoever asks is told why; those who only listen keep what they have.
      log.debug({ err: error }, 'the book of alerts cannot be read');
    }
  };
  const timer = setInterval(tell, look_ms);
  timer.unref();
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });

  app.get('/api/alerts', (c) => {
    const { before, limit } = c.req.query();
    return c.json(page(wholeOf('before', before, places), wholeOf('limit', limit, history_rows)));
  });
  app.get('/api/alerts/:id', (c) => c.json(alerts.alert(c.req.param('id'))));
  app.post('/api/alerts/acknowledge', async (c) => {
    const row = alerts.acknowledge(await readBody(c, acknowledgeSchema));
    tell();
    return c.json(row);
  });
  app.post('/api/silences', async (c) => {
    const silence = alerts.silence(await readBody(c, silenceSchema));
    tell();
    return c.json(silence, 201);
  });
  app.delete('/api/silences/:id', (c) => {
    const id = wholeOf('the number of a silence', c.req.param('id'), places)!;
    alerts.endSilence(id);
    tell();
    return c.json({ id });
  });
};
