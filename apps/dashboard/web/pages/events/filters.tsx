import type { About } from '../../../src/api/index.js';
import { useResource } from '../../shell/resource.js';
import { setQuery } from '../../shell/router.js';
import { type Filter, filterFields } from './filter.js';

interface FiltersProps {
  filter: Filter;
  /** Only what a live tail can be filtered by. */
  isLive: boolean;
}

/** The fields one searches by; what they hold is in the address. */
export function Filters({ filter, isLive }: FiltersProps) {
  const { data: about } = useResource<About>('about');
  return (
    <form class="filters" onSubmit={(event) => event.preventDefault()} aria-label="Which events">
      {filterFields
        .filter((field) => field.isLive || !isLive)
        .map(({ name, label, hint }, i) => (
          <label class="field" key={name}>
            <span>{label}</span>
            <input
              value={filter[name] ?? ''}
              placeholder={hint}
              list={name === 'types' ? 'event-types' : undefined}
              data-search={i === 0 ? '' : undefined}
              spellcheck={false}
              autocomplete="off"
              onChange={(event) => setQuery({ [name]: event.currentTarget.value.trim() })}
            />
          </label>
        ))}
      <datalist id="event-types">
        {about?.types.map((type) => (
          <option key={type} value={type} />
        ))}
      </datalist>
    </form>
  );
}
