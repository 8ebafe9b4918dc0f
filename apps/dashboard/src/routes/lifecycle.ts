import { hopNames } from '@bitten/storage/store';
import { lifecycleLists } from '../api/index.js';
import type { Routes } from '../http/app.js';
import { badRequest, HttpError } from '../http/errors.js';
import { wholeOf } from '../http/params.js';
import { wordOf } from '../http/words.js';

const id_length_max = 200;

export const lifecycleRoutes: Routes = (app, { queries }) => {
  app.get('/api/lifecycle', async (c) => {
    const query = c.req.query();
    const list = wordOf('list', query.list, lifecycleLists) ?? 'all';
    const hop = wordOf('hop', query.hop, hopNames) ?? 'to_execute_s';
    const page = await queries.ask('livesPage', {
      state: list === 'all' || list === 'slow' ? null : list,
      slowBy: list === 'slow' ? hop : null,
      before: wholeOf('before', query.before, { min: 1, max: Number.MAX_SAFE_INTEGER }) ?? null,
      limit: wholeOf('limit', query.limit, { min: 1, max: 500 }) ?? 100,
    });
    return c.json(page);
  });

  app.get('/api/lifecycle/:id', async (c) => {
    const id = c.req.param('id');
    if (id.length > id_length_max) {
      throw badRequest('id', { found: `${id.length} characters`, expected: `at most ${id_length_max}` });
    }
    const whole = await queries.ask('lifeWhole', { id });
    if (whole !== null) return c.json(whole);
    throw new HttpError(404, 'no_such_life', `nothing is known of ${id}`, {
      found: 'no signal, no fire and no correlation of that id',
      expected: 'the id of a fire or a signal, or a correlation id',
      remedy:
        'look whether it is written the same (capitals count); what came a moment ago may not be stored yet',
    });
  });
};
