import { useEffect } from 'preact/hooks';
import { Away } from './away.js';
import { Header } from './header.js';
import { PageView } from './page-view.js';
import { useShortcuts } from './shortcuts.js';
import { startStream } from './stream.js';

export function App() {
  useEffect(() => startStream(), []);
  useShortcuts();
  return (
    <>
      <button type="button" class="skip" onClick={toMain}>
        Skip to the page
      </button>
      <Header />
      <Away />
      <main id="main" tabIndex={-1}>
        <PageView />
      </main>
    </>
  );
}

/** Not a link: the fragment of the address names the page. */
function toMain(): void {
  document.getElementById('main')?.focus();
}
