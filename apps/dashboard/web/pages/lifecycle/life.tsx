import type { LifecycleWhole } from '../../../src/api/lifecycle.js';
import { useResource } from '../../shell/resource.js';
import { hrefOf } from '../../shell/router.js';
import { ErrorBox } from '../../ui/error-box.js';
import { Panel, Panels } from '../../ui/panel.js';
import { IdSearch } from './id-search.js';
import { LifeEvents } from './life-events.js';
import { type LifecycleView, listTexts, writeView } from './lists.js';
import { Timeline } from './timeline.js';

/** A life goes on while somebody looks at it. */
const refresh_ms = 2_000;

/** What became of one id: each fire of it as a timeline, and its events. */
export function Life({ view, id }: { view: LifecycleView; id: string }) {
  const { data, error, isLoading } = useResource<LifecycleWhole>(`lifecycle/${encodeURIComponent(id)}`, {
    every_ms: refresh_ms,
  });
  const back = hrefOf('lifecycle', writeView({ ...view, id: null }));
  return (
    <>
      <p class="back">
        <a href={back}>← {listTexts[view.list].name}</a>
      </p>
      <IdSearch view={view} />
      <ErrorBox error={error} />
      {data === null && isLoading && <p class="quiet">Loading …</p>}
      {data !== null && data.id === id && (
        <Panels>
          {data.lives.map((life) => (
            <Timeline key={life.first_seq} life={life} />
          ))}
          {data.lives.length === 0 && (
            <Panel title="No signal, no fire" isWide>
              <p class="quiet">
                The events below carry this id; none of them is part of a signal's or a fire's life.
              </p>
            </Panel>
          )}
          <LifeEvents id={data.id} events={data.events} />
        </Panels>
      )}
    </>
  );
}
