import { go } from '../../shell/router.js';
import { type LifecycleView, writeView } from './lists.js';

/** Opens the life of an id that somebody has at hand. */
export function IdSearch({ view }: { view: LifecycleView }) {
  return (
    <search>
      <form
        class="id-search"
        onSubmit={(event) => {
          event.preventDefault();
          const id = new FormData(event.currentTarget).get('id');
          if (typeof id === 'string' && id.trim() !== '')
            go('lifecycle', writeView({ ...view, id: id.trim() }));
        }}
      >
        <label class="field">
          <span>Signal, fire or correlation id</span>
          <input
            name="id"
            type="search"
            defaultValue={view.id ?? ''}
            key={view.id}
            autocomplete="off"
            spellcheck={false}
            maxLength={200}
            data-search
          />
        </label>
        <button type="submit">Show its life</button>
      </form>
    </search>
  );
}
