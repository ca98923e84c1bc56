// The list of a system's entries or vouchers. Only what is seen is drawn, however long it is.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import type { Pages } from '../api/pages';
import { useMessages } from '../i18n';
import { ErrorNote, Loading } from '../parts/Notes';
import { ListHead } from './ListHead';
import { LineRow } from './LineRow';
import { moveByKeys } from './keys';
import { groupByVoucher, pickedOf, voucherRows, type ListLine, type Row } from './rows';
import type { Picked, Selection } from './selection';
import { VoucherRow } from './VoucherRow';

interface Props {
  pages: Pages<ListLine>;
  label: string;
  isByVoucher: boolean;
  /** Whether the lines of a voucher each have their own status. */
  isPerLine: boolean;
  folds: { isFolded: (voucherId: string) => boolean; toggle: (voucherId: string) => void };
  selection: Selection;
  /** Left out where nothing can be chosen. */
  onSelect: ((selection: Selection) => void) | undefined;
  empty: React.ReactNode;
  /** The last row, which stays in sight. */
  foot: React.ReactNode;
  /** Whether nothing can be chosen for now, because another list is about to take its place. */
  isInert: boolean;
}

/** Rows before the end at which the next page is asked for. */
const AHEAD = 60;
/** What the foot covers of the window, in pixels. */
const FOOT_HEIGHT = 48;

/** What a row stands for when it is chosen. */
function pickedBy(row: Row): Picked[] {
  return row.kind === 'voucher' ? row.group.lines.map(pickedOf) : [pickedOf(row.line)];
}

export function LedgerList({ pages, label, isByVoucher, isPerLine, folds, selection, onSelect, empty, foot, isInert }: Props) {
  const { lists } = useMessages();
  const { isFolded } = folds;
  const rows = useMemo(
    () =>
      isByVoucher
        ? voucherRows(groupByVoucher(pages.rows), isFolded)
        : pages.rows.map((line): Row => ({ kind: 'entry', key: line.entry.id, line })),
    [pages.rows, isByVoucher, isFolded],
  );
  const body = useRef<HTMLDivElement>(null);
  const [margin, setMargin] = useState(0);
  useLayoutEffect(() => {
    const top = body.current ? body.current.getBoundingClientRect().top + window.scrollY : 0;
    if (Math.abs(top - margin) > 1) setMargin(top);
  });
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: (place) => (rows[place]?.kind === 'line' ? 32 : 41),
    getItemKey: (place) => rows[place]?.key ?? place,
    overscan: 12,
    scrollMargin: margin,
    scrollPaddingEnd: FOOT_HEIGHT,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const { more, hasMore } = pages;
  useEffect(() => {
    if (hasMore && last >= rows.length - AHEAD) more();
  }, [last, rows.length, hasMore, more]);

  const anchor = useRef<number | undefined>(undefined);
  const choose = (place: number, event: React.ChangeEvent<HTMLInputElement>): void => {
    const isChosen = event.currentTarget.checked;
    const isRange = (event.nativeEvent as MouseEvent).shiftKey && anchor.current !== undefined;
    const from = isRange ? Math.min(anchor.current ?? place, place) : place;
    const to = isRange ? Math.max(anchor.current ?? place, place) : place;
    anchor.current = place;
    onSelect?.(selection.with(rows.slice(from, to + 1).flatMap(pickedBy), isChosen));
  };

  if (!pages.isLoaded && pages.error) return <ErrorNote error={pages.error} onRetry={pages.reload} />;
  if (!pages.isLoaded) return <Loading />;
  if (rows.length === 0) return <>{empty}</>;
  return (
    <div
      className="ledger"
      role="table"
      inert={isInert}
      aria-label={label}
      aria-rowcount={hasMore ? -1 : rows.length + 1}
      onKeyDown={(event) => moveByKeys(event, rows.length, (place) => virtual.scrollToIndex(place))}
    >
      <ListHead
        isByVoucher={isByVoucher}
        loaded={pages.rows}
        selection={selection}
        onSelect={onSelect}
      />
      <div className="ledger-body" role="rowgroup" ref={body} style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          const picked = onSelect ? pickedBy(row) : [];
          const chosenCount = picked.filter(({ id }) => selection.has(id)).length;
          const chosen = chosenCount === 0 ? 'none' : chosenCount === picked.length ? 'all' : 'some';
          const onChoose = onSelect && ((event: React.ChangeEvent<HTMLInputElement>) => choose(item.index, event));
          return (
            <div
              key={item.key}
              ref={virtual.measureElement}
              data-index={item.index}
              data-kind={row.kind}
              data-last={row.kind === 'line' && row.isLast ? true : undefined}
              data-chosen={chosen === 'none' ? undefined : true}
              className="row"
              role="row"
              aria-rowindex={item.index + 2}
              style={{ transform: `translateY(${item.start - margin}px)` }}
            >
              {row.kind === 'voucher' ? (
                <VoucherRow
                  group={row.group}
                  isFolded={isFolded(row.group.voucher.id)}
                  onFold={() => folds.toggle(row.group.voucher.id)}
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
        })}
      </div>
      {pages.error && <ErrorNote error={pages.error} onRetry={pages.reload} />}
      {hasMore && !pages.error && <p className="quiet list-more">{lists.loadingMore}</p>}
      {foot}
    </div>
  );
}
