import type { AlertsPage } from '../../../src/api/index.js';
import { hrefOf, route } from '../../shell/router.js';

/** What keeps alerts from being said at all: it comes before everything that was said. */
export function Troubles({ page: { running, rules_problem } }: { page: AlertsPage }) {
  return (
    <>
      {!running && (
        <div class="caution">
          <p>
            <strong>
              <span aria-hidden="true">▲ </span>Nobody watches.
            </strong>{' '}
            The alerts do not run on this data folder, so nothing new is said or delivered. Start them:{' '}
            <code>pnpm dev</code>, or <code>pnpm --filter apps/alerts start</code>. They go on where they
            were.
          </p>
        </div>
      )}
      {rules_problem !== null && (
        <div class="caution bad">
          <p>
            <strong>
              <span aria-hidden="true">■ </span>The rule file has a mistake.
            </strong>{' '}
            The rules of before are still in force. <code>bitten alerts check</code> says all that is wrong:
          </p>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard. */}
          <pre tabIndex={0}>{rules_problem}</pre>
        </div>
      )}
    </>
  );
}

/** Further back in the history, page by page. */
export function Pages({ next }: { next: string | null }) {
  const { rest, query } = route.value;
  const hrefWith = (before: string | undefined) => hrefOf('alerts', { rest, query: { ...query, before } });
  if (query.before === undefined && next === null) return null;
  return (
    <p class="row pages">
      {query.before !== undefined && <a href={hrefWith(undefined)}>Newest</a>}
      {next !== null && <a href={hrefWith(next)}>Older</a>}
    </p>
  );
}
