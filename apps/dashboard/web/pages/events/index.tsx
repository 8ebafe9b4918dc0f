import { hrefOf, route } from '../../shell/router.js';
import { EventPanel } from './event-panel.js';
import './events.css';
import { filterIn, liveFilter } from './filter.js';
import { Filters } from './filters.js';
import { LiveTail } from './live-tail.js';
import { Search } from './search.js';

const modes = [
  { name: undefined, label: 'Live tail' },
  { name: 'search', label: 'Search' },
] as const;

/** Events as they come, and those that have been; one of them whole beside the list. */
export function Page() {
  const { rest, query } = route.value;
  const isSearch = query.mode === 'search';
  const filter = filterIn(query);
  return (
    <div class={rest === '' ? undefined : 'split'}>
      <div>
        <nav class="tabs" aria-label="What is listed">
          {modes.map(({ name, label }) => (
            <a
              key={label}
              href={hrefOf('events', { rest, query: { ...query, mode: name } })}
              aria-current={(query.mode ?? undefined) === name ? 'true' : undefined}
            >
              {label}
            </a>
          ))}
        </nav>
        <Filters filter={filter} isLive={!isSearch} />
        {isSearch ? <Search filter={filter} /> : <LiveTail filter={liveFilter(filter)} />}
      </div>
      {rest !== '' && (
        <div class="event-side">
          <EventPanel seq={rest} />
        </div>
      )}
    </div>
  );
}
