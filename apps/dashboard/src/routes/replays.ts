import * as v from 'valibot';
import type { Routes } from '../http/app.js';
import { readBody } from '../http/body.js';
import { ReplayDesk } from '../replays/desk.js';

const speedSchema = v.union([v.literal('max'), v.number()]);
const types_max = 50;
const steps_max = 1_000;

const startSchema = v.object({
  from: v.pipe(v.number(), v.minValue(0)),
  to: v.exactOptional(v.number()),
  speed: speedSchema,
  types: v.exactOptional(v.pipe(v.array(v.pipe(v.string(), v.minLength(1))), v.maxLength(types_max))),
  paused: v.exactOptional(v.boolean()),
});

const changeSchema = v.object({
  speed: v.exactOptional(speedSchema),
  paused: v.exactOptional(v.boolean()),
  step: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(steps_max))),
});

/** So often a page is told how far a replay has come. */
const tell_ms = 500;

export const replayRoutes: Routes = (app, { place, queries, signal, hub }) => {
  const desk = new ReplayDesk({ place, signal, find: (range) => queries.ask('stretchOf', range) });
  let told = '[]';
  const tell = () => {
    const replays = desk.list();
    const text = JSON.stringify(replays);
    if (text !== told) hub.tell('replays', replays);
    told = text;
  };
  const timer = setInterval(tell, tell_ms);
  timer.unref();
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });

  app.get('/api/replays', (c) => c.json(desk.list()));
  app.post('/api/replays', async (c) => c.json(await desk.start(await readBody(c, startSchema)), 201));
  app.patch('/api/replays/:id', async (c) => {
    return c.json(await desk.change(c.req.param('id'), await readBody(c, changeSchema)));
  });
  app.delete('/api/replays/:id', async (c) => c.json(await desk.stop(c.req.param('id'))));
};
