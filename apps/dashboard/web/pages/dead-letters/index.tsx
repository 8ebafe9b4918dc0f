import { useEffect } from 'preact/hooks';
import type { About, DeadLettersPage } from '../../../src/api/index.js';
import { BarList } from '../../charts/bar-list.js';
import { useResource } from '../../shell/resource.js';
import { hrefOf, route, setQuery } from '../../shell/router.js';
import { now } from '../../shell/stream.js';
import { ErrorBox } from '../../ui/error-box.js';
import { count, counted } from '../../ui/format.js';
import { Panel } from '../../ui/panel.js';
import { Letter } from './letter.js';
import { List } from './list.js';
import { fieldCounts, fieldOf, statuses, totalOf } from './reasons.js';
import './style.css';

const limit = 50;

export function Page() {
  const { rest, query } = route.value;
  const status = query.status ?? 'open';
  const { data, error, reload } = useResource<DeadLettersPage>('dead-letters', {
    query: { status: status === 'all' ? undefined : status, types: query.types, before: query.before, limit },
  });
  // What the stream says of their number tells when the list is another.
  const told = now.value?.dead_letters;
  useEffect(reload, [told?.open, told?.total]);
  return (
    <div class="dead-letters">
      <Filters status={status} counts={data?.counts ?? {}} />
      <ErrorBox error={error} />
      <div class={rest === '' ? undefined : 'split'}>
        <div class="listed">
          {data === null ? (
            error === null && <p class="quiet">Loading …</p>
          ) : (
            <List page={data} current={rest} status={status} />
          )}
          {data !== null && <Reasons page={data} />}
        </div>
        {rest !== '' && <Letter key={rest} id={rest} onSettled={reload} />}
      </div>
    </div>
  );
}

function Filters({ status, counts }: { status: string; counts: Readonly<Record<string, number>> }) {
  const about = useResource<About>('about');
  const choices = [...statuses, 'all'] as const;
  const numberOf = (choice: string) => (choice === 'all' ? totalOf(counts) : (counts[choice] ?? 0));
  return (
    <div class="row choose">
      <nav aria-label="Status">
        <ul class="tabs">
          {choices.map((choice) => (
            <li key={choice}>
              <a
                href={hrefOf('dead-letters', {
                  query: { ...route.value.query, status: choice, before: undefined },
                })}
                aria-current={choice === status ? 'true' : undefined}
              >
                {choice} <span class="number">{count(numberOf(choice))}</span>
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <label class="field inline">
        <span>Event type</span>
        <input
          data-search
          list="dead-letter-types"
          value={route.value.query.types ?? ''}
          placeholder="all"
          onChange={(event) => setQuery({ types: event.currentTarget.value.trim(), before: undefined })}
        />
        <datalist id="dead-letter-types">
          {about.data?.types.map((type) => (
            <option key={type} value={type} />
          ))}
        </datalist>
      </label>
    </div>
  );
}

/** Which fields are to blame: the same mistake of one publisher is one mistake, however often it comes. */
function Reasons({ page: { letters } }: { page: DeadLettersPage }) {
  const fields = fieldCounts(letters);
  if (fields.length === 0) return null;
  return (
    <Panel title="Reasons by field">
      <BarList
        bars={fields.map(({ path, letters: value }) => ({ name: fieldOf(path), value, label: count(value) }))}
        max={letters.length}
      />
      <p class="hint">Of the {counted(letters.length, 'dead letter')} in the list.</p>
    </Panel>
  );
}
