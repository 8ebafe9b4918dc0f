import { useSignal } from '@preact/signals';
import { dateTime } from '../ui/format.js';
import { Table } from '../ui/table.js';

export interface Series {
  name: string;
  /** As it is shown; the name where there is none. */
  label?: string;
  color: string;
  /** So that a line is seen that lies on another. */
  isDashed?: boolean;
  /** As many as there are times; null where nothing is known. */
  values: ReadonlyArray<number | null>;
}

interface SeriesTableProps {
  title: string;
  at: readonly number[];
  series: readonly Series[];
  format: (value: number) => string;
}

const rows_max = 200;

/** The same as numbers, for who would rather read them; made when it is opened. */
export function SeriesTable({ title, at, series, format }: SeriesTableProps) {
  const isOpen = useSignal(false);
  const first = Math.max(0, at.length - rows_max);
  return (
    <details onToggle={(event) => (isOpen.value = event.currentTarget.open)}>
      <summary>As a table</summary>
      {isOpen.value && (
        <Table
          caption={`${title}, the newest first`}
          rows={at.slice(first).map((_, i) => at.length - 1 - i)}
          keyOf={(i) => i}
          empty="There is nothing yet."
          columns={[
            { title: 'Time', cell: (i) => dateTime(at[i]!) },
            ...series.map(({ name, label, values }) => ({
              title: label ?? name,
              isNumber: true,
              cell: (i: number) => (values[i] == null ? '–' : format(values[i])),
            })),
          ]}
        />
      )}
    </details>
  );
}
