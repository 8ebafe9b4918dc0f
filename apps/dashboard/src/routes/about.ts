import { basename } from 'node:path';
import { createStandardCatalogue } from '@bitten/schema';
import type { About } from '../api/index.js';
import type { Routes } from '../http/app.js';

export const aboutRoutes: Routes = (app, { version, dataDir, flags, token }) => {
  const types = [...createStandardCatalogue().types()].sort();
  app.get('/api/about', (c) => {
    const about: About = {
      version,
      types,
      may_change: token.passes(c),
      data_dir_name: basename(dataDir),
      command_flags: flags,
    };
    return c.json(about);
  });
};
