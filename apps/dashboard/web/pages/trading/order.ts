import { useSignal } from '@preact/signals';
import type { Column } from '../../ui/table.js';
import { type Order, sorted, turned } from './ranking.js';

/** A table's rows in the order somebody has chosen, and what its headings need to change it. */
export function useOrder<Row>(rows: readonly Row[], first: Order<Row>) {
  const order = useSignal(first);
  const sortBy = (by: keyof Row & string, { isText = false } = {}): NonNullable<Column<Row>['sort']> => ({
    order: order.value.by !== by ? 'none' : order.value.down ? 'descending' : 'ascending',
    onTurn: () => {
      order.value = turned(order.value, by, isText);
    },
  });
  return { rows: sorted(rows, order.value), sortBy };
}
