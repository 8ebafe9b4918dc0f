import type { ComponentChildren } from 'preact';

export interface Column<Row> {
  /** The heading; also the column's key. */
  title: string;
  cell: (row: Row) => ComponentChildren;
  /** Numbers stand at the right, under each other. */
  isNumber?: boolean;
  /** Where the table can be sorted by it: how it is now, and what turns it. */
  sort?: { order: 'ascending' | 'descending' | 'none'; onTurn: () => void };
}

interface TableProps<Row> {
  /** What the table is of, for who does not see it. */
  caption: string;
  columns: ReadonlyArray<Column<Row>>;
  rows: readonly Row[];
  keyOf: (row: Row) => string | number;
  /** Said where there are no rows. */
  empty: ComponentChildren;
  /** Marks a row, as the one that is shown beside the table. */
  isCurrent?: (row: Row) => boolean;
}

/** Rows with headings. It scrolls within itself where the screen is narrow. */
export function Table<Row>({ caption, columns, rows, keyOf, empty, isCurrent }: TableProps<Row>) {
  if (rows.length === 0) return <p class="empty">{empty}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard.
    <section class="table" tabIndex={0} aria-label={caption}>
      <table>
        <caption class="sr">{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ title, isNumber, sort }) => (
              <th
                key={title}
                scope="col"
                class={isNumber ? 'number' : undefined}
                aria-sort={sort === undefined || sort.order === 'none' ? undefined : sort.order}
              >
                {sort === undefined ? title : <SortButton title={title} {...sort} />}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)} class={isCurrent?.(row) ? 'current' : undefined}>
              {columns.map(({ title, cell, isNumber }) => (
                <td key={title} class={isNumber ? 'number' : undefined}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const arrows = { ascending: '▲', descending: '▼', none: '' } as const;

function SortButton({ title, order, onTurn }: { title: string } & NonNullable<Column<never>['sort']>) {
  return (
    <button type="button" class="sort" onClick={onTurn}>
      {title}
      <span aria-hidden="true" class="arrow">
        {arrows[order]}
      </span>
    </button>
  );
}
