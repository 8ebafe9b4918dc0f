import type { Routes } from '../http/app.js';
import { wholeOf } from '../http/params.js';

const span_s = { min: 10, max: 3_600 };

export const nowRoutes: Routes = (app, { live }) => {
  app.get('/api/now', (c) => c.json(live.sampler.last!));
  app.get('/api/rates', (c) => {
    const span = wholeOf('span', c.req.query('span'), span_s) ?? span_s.max;
    const step = wholeOf('step', c.req.query('step'), { min: 1, max: 600 });
    return c.json(live.history.rates({ span_s: span, ...(step === undefined ? {} : { step_s: step }) }));
  });
};
