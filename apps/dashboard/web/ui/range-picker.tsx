import { zone } from './format.js';
import { fromInput, type Range, spans, toInput } from './range.js';

interface RangePickerProps {
  range: Range;
  onChange: (range: Range) => void;
  /** What is shown for an end that is left open: where the data begins and ends. */
  whole?: { from: number; to: number } | undefined;
}

/** Chooses the time a page shows: up to now, all of it, or from one moment to another. */
export function RangePicker({ range, onChange, whole }: RangePickerProps) {
  const choice = range.kind === 'span' ? range.name : range.kind;
  const choose = (value: string) => {
    const span = spans.find(({ name }) => name === value);
    if (span !== undefined) onChange({ kind: 'span', name: span.name });
    else if (value === 'all') onChange({ kind: 'all' });
    else onChange({ kind: 'fixed', from: whole?.from ?? null, to: whole?.to ?? null });
  };
  return (
    <div class="range">
      <label class="field">
        <span>Time</span>
        <select value={choice} onChange={(event) => choose(event.currentTarget.value)}>
          <option value="all">all there is</option>
          {spans.map(({ name, label }) => (
            <option key={name} value={name}>
              {label}
            </option>
          ))}
          <option value="fixed">from … to …</option>
        </select>
      </label>
      {range.kind === 'fixed' && (
        <>
          <TimeField label="From" at={range.from} onChange={(from) => onChange({ ...range, from })} />
          <TimeField label="To" at={range.to} onChange={(to) => onChange({ ...range, to })} />
          <span class="quiet zone">{zone()}</span>
        </>
      )}
    </div>
  );
}

interface TimeFieldProps {
  label: string;
  at: number | null;
  onChange: (at: number | null) => void;
}

function TimeField({ label, at, onChange }: TimeFieldProps) {
  return (
    <label class="field">
      <span>{label}</span>
      <input
        type="datetime-local"
        step={1}
        value={toInput(at)}
        onChange={(event) => onChange(fromInput(event.currentTarget.value))}
      />
    </label>
  );
}
