import { useEffect } from 'preact/hooks';
import { pages } from './pages.js';
import { go } from './router.js';

const pause_ms = 1_500;

/** `g`, then the key of a page, opens it; `/` goes to the search of the page. Not while somebody types. */
export function useShortcuts(): void {
  useEffect(() => {
    let asked = 0;
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (event.key === 'g') {
        asked = event.timeStamp;
        return;
      }
      if (event.key === '/') {
        const search = document.querySelector<HTMLElement>('[data-search]');
        if (search === null) return;
        event.preventDefault();
        search.focus();
        return;
      }
      const page = pages.find(({ key }) => key === event.key);
      if (page !== undefined && event.timeStamp - asked < pause_ms) go(page.name);
      asked = 0;
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}
