import { pages } from './pages.js';
import { hrefOf, route } from './router.js';
import { now } from './stream.js';
import { type ThemeChoice, themeChoice, themeChoices } from './theme.js';
import { TokenButton } from './token-button.js';

/** What waits for somebody, beside the names of the pages. */
function waitingOn(page: string): number {
  const told = now.value;
  if (told === null) return 0;
  if (page === 'dead-letters') return told.dead_letters.open;
  return page === 'alerts' ? (told.alerts?.open ?? 0) : 0;
}

export function Header() {
  return (
    <header class="top">
      <p class="name">
        <img src="/icon.svg" alt="" width="22" height="22" /> BITTEN
      </p>
      <nav aria-label="Pages">
        <ul>
          {pages.map(({ name, title, key }) => {
            const waiting = waitingOn(name);
            return (
              <li key={name}>
                <a
                  href={hrefOf(name)}
                  aria-current={route.value.page === name ? 'page' : undefined}
                  title={`${title} (g ${key})`}
                >
                  {title}
                  {waiting > 0 && (
                    <span class="count">
                      {waiting > 999 ? '999+' : waiting}
                      <span class="sr"> open</span>
                    </span>
                  )}
                </a>
              </li>
            );
          })}
        </ul>
      </nav>
      <div class="tools">
        <TokenButton />
        <label class="theme">
          <span class="sr">Colours</span>
          <select
            value={themeChoice.value}
            onChange={(event) => {
              themeChoice.value = event.currentTarget.value as ThemeChoice;
            }}
          >
            {themeChoices.map((choice) => (
              <option key={choice} value={choice}>
                {names[choice]}
              </option>
            ))}
          </select>
        </label>
      </div>
    </header>
  );
}

const names: Record<ThemeChoice, string> = { system: 'System', light: 'Light', dark: 'Dark' };
