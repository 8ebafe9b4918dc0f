import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { ErrorBox } from '../ui/error-box.js';
import { factsOf } from './api.js';
import { pages } from './pages.js';
import { route } from './router.js';

const loaded = signal<ReadonlyMap<string, ComponentType>>(new Map());
const failure = signal<unknown>(null);

async function loadPage(name: string): Promise<void> {
  const entry = pages.find((page) => page.name === name);
  if (entry === undefined || loaded.peek().has(name)) return;
  try {
    const { Page } = await entry.load();
    loaded.value = new Map(loaded.peek()).set(name, Page);
    failure.value = null;
  } catch (error) {
    failure.value = error;
  }
}

/** The page the address names. */
export function PageView() {
  const { page } = route.value;
  const entry = pages.find(({ name }) => name === page);
  useEffect(() => {
    document.title = `${entry?.title ?? 'No such page'} · BITTEN Event Bus`;
    void loadPage(page);
    // A reader that speaks, and the Tab key, begin at the new page.
    document.getElementById('main')?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [page]);
  if (entry === undefined) {
    return (
      <ErrorBox
        error={{ code: 'not_found', message: `there is no page ${page}`, remedy: 'choose one above' }}
      />
    );
  }
  const Page = loaded.value.get(page);
  if (failure.value !== null && Page === undefined) return <ErrorBox error={factsOf(failure.value)} />;
  return (
    <>
      <h1>{entry.title}</h1>
      {Page === undefined ? <p class="quiet">Loading …</p> : <Page />}
    </>
  );
}
