import { expect, test } from 'vitest';
import { readBlocks } from './blocks.js';
import { pagesToRun } from './pages.js';
import { runPage } from './run-page.js';

const pages = pagesToRun().filter((page) => readBlocks(page).length > 0);

test.each(pages)('%s: what stands there runs, and says what the page says', async (page) => {
  const { wrong, elsewhere } = await runPage(page);
  for (const line of elsewhere) console.info(line);
  expect(wrong.join('\n\n')).toBe('');
});
