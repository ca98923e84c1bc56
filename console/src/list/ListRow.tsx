import { memo } from 'react';
import { LineRow } from './LineRow';
import type { Row } from './rows';
import { VoucherRow } from './VoucherRow';

interface Props {
  row: Row;
  /** Its place among the rows that are loaded. */
  place: number;
  /** How far it is from the top of the list, in pixels. */
  top: number;
  /** The number of the row in the whole list, where that is known. */
  number: number | undefined;
  measure: (element: HTMLElement | null) => void;
  isFolded: boolean;
  onFold: (voucherId: string) => void;
  chosen: 'all' | 'some' | 'none';
  onChoose: ((place: number, event: React.ChangeEvent<HTMLInputElement>) => void) | undefined;
  /** Whether the lines of a voucher each have their own status. */
  isPerLine: boolean;
}

/** A row of a list. It is drawn again when something of it changes, and not whenever the list is scrolled. */
export const ListRow = memo(function ListRow(props: Props) {
  const { row, place, top, number, measure, isFolded, onFold, chosen, isPerLine } = props;
  const onChoose = props.onChoose && ((event: React.ChangeEvent<HTMLInputElement>) => props.onChoose?.(place, event));
  return (
    <div
      ref={measure}
      data-index={place}
      data-kind={row.kind}
      data-last={row.kind === 'line' && row.isLast ? true : undefined}
      data-chosen={chosen === 'none' ? undefined : true}
      className="row"
      role="row"
      aria-rowindex={number}
      style={{ transform: `translateY(${top}px)` }}
    >
      {row.kind === 'voucher' ? (
        <VoucherRow
          group={row.group}
          isFolded={isFolded}
          onFold={() => onFold(row.group.voucher.id)}
          chosen={chosen}
          onChoose={onChoose}
          isPerLine={isPerLine}
        />
      ) : (
        <LineRow
          line={row.line}
          isUnderVoucher={row.kind === 'line'}
          isPerLine={isPerLine}
          isChosen={chosen === 'all'}
          onChoose={onChoose}
        />
      )}
    </div>
  );
});
