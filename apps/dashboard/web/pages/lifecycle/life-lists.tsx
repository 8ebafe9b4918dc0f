import { type LifecyclePage, lifecycleLists } from '../../../src/api/lifecycle.js';
import { useResource } from '../../shell/resource.js';
import { go, hrefOf } from '../../shell/router.js';
import { ErrorBox } from '../../ui/error-box.js';
import { IdSearch } from './id-search.js';
import { LifeTable } from './life-table.js';
import {
  type LifecycleView,
  listQuery,
  listTexts,
  type SlowHop,
  showCount,
  slowHops,
  writeView,
} from './lists.js';

const page_rows = 50;
/** The newest page is asked for again so often; an older one stands still while somebody reads it. */
const refresh_ms = 5_000;

/** The lists of lives, one at a time, a page at a time. */
export function LifeLists({ view }: { view: LifecycleView }) {
  const isNewest = view.before === null;
  const { data, error, isLoading } = useResource<LifecyclePage>('lifecycle', {
    query: listQuery(view, page_rows),
    ...(isNewest ? { every_ms: refresh_ms } : {}),
  });
  const { meaning, none } = listTexts[view.list];
  return (
    <>
      <IdSearch view={view} />
      <nav aria-label="Lists">
        <ul class="tabs">
          {lifecycleLists.map((list) => (
            <li key={list}>
              <a
                href={hrefOf('lifecycle', writeView({ ...view, list, before: null }))}
                aria-current={list === view.list ? 'true' : undefined}
              >
                {listTexts[list].name}
                {data?.counts[list] !== undefined && (
                  <span class="number">{showCount(data.counts[list])}</span>
                )}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div class="list-head">
        <p class="quiet">{meaning}</p>
        {view.list === 'slow' && <HopChoice view={view} />}
      </div>
      <ErrorBox error={error} />
      {data === null ? (
        isLoading && <p class="quiet">Loading …</p>
      ) : (
        <LifeTable lives={data.lives} view={view} empty={isNewest ? none : 'There is nothing older.'} />
      )}
      <Paging view={view} next={data?.next ?? null} />
    </>
  );
}

function HopChoice({ view }: { view: LifecycleView }) {
  return (
    <label class="field inline">
      <span>Over the hop</span>
      <select
        value={view.hop}
        onChange={(event) => {
          const hop = event.currentTarget.value as SlowHop;
          go('lifecycle', writeView({ ...view, hop, before: null }));
        }}
      >
        {slowHops.map(({ hop, name }) => (
          <option key={hop} value={hop}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

/** On to older ones, and back to the newest; the way between is the browser's own. */
function Paging({ view, next }: { view: LifecycleView; next: string | null }) {
  if (view.before === null && next === null) return null;
  return (
    <nav aria-label="Pages of the list" class="paging">
      {view.before !== null && (
        <a href={hrefOf('lifecycle', writeView({ ...view, before: null }))}>The newest</a>
      )}
      {next !== null && <a href={hrefOf('lifecycle', writeView({ ...view, before: next }))}>Older</a>}
    </nav>
  );
}
