import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { tailRequest } from '../../shell/stream.js';
import { counted } from '../../ui/format.js';
import { EventTable } from './event-table.js';
import type { Filter } from './filter.js';
import { emptyTail, TailBuffer, type TailView } from './tail-buffer.js';

/** What happens now, the newest on top. */
export function LiveTail({ filter }: { filter: Filter }) {
  const buffer = useRef(new TailBuffer());
  const view = useSignal<TailView>(emptyTail);
  const isPaused = useSignal(false);
  const name = JSON.stringify(filter);
  useEffect(() => {
    buffer.current = new TailBuffer();
    if (isPaused.peek()) buffer.current.pause();
    view.value = emptyTail;
    tailRequest.value = {
      filter,
      onFrame: (frame) => {
        buffer.current.add(frame);
        view.value = buffer.current.view;
      },
    };
    return () => {
      tailRequest.value = null;
    };
    // The name stands for the filter, which is another object each time.
  }, [name]);
  const toggle = () => {
    isPaused.value = !isPaused.value;
    if (isPaused.value) buffer.current.pause();
    else buffer.current.resume();
    view.value = buffer.current.view;
  };
  const { rows, waiting, passedOver, missing } = view.value;
  return (
    <>
      <p class="row">
        <button type="button" class={isPaused.value ? 'primary' : undefined} onClick={toggle}>
          {isPaused.value ? 'Go on' : 'Pause'}
        </button>
        <span class="quiet" role="status">
          {stateOf(isPaused.value, waiting)}
        </span>
        {passedOver > 0 && (
          <span class="quiet">{counted(passedOver, 'event')} not shown: more than one could read</span>
        )}
        {missing > 0 && <span class="quiet">{counted(missing, 'event')} not looked at</span>}
      </p>
      <EventTable
        caption="Events as they come, the newest first"
        events={rows}
        isLive
        empty="Nothing yet: events stand here as soon as they are published."
      />
    </>
  );
}

/** Said aloud when it changes, so not for every event. */
function stateOf(isPaused: boolean, waiting: number): string {
  if (!isPaused) return 'Live';
  return waiting === 0 ? 'Paused' : `Paused; ${counted(waiting, 'event')} since`;
}
