// The list of a system's entries or vouchers. Only what is seen is drawn, and only a part of a long list is kept: what is
// scrolled far away is forgotten, and read again by who comes back.
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import type { Pages } from '../api/pages';
import { useMessages } from '../i18n';
import { ErrorNote, Loading } from '../parts/Notes';
import { focusRow, placeByKey } from './keys';
import { ListHead } from './ListHead';
import { ListRow } from './ListRow';
import { groupByVoucher, pickedOf, voucherRows, type ListLine, type Row } from './rows';
import type { Picked, Selection } from './selection';

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

/** Rows before an end at which what comes there is asked for. */
const AHEAD = 100;
/** What the foot covers of the window, in pixels. */
const FOOT_HEIGHT = 48;

/** What a row stands for when it is chosen. */
function pickedBy(row: Row): Picked[] {
  return row.kind === 'voucher' ? row.group.lines.map(pickedOf) : [pickedOf(row.line)];
}

function chosenOf(row: Row, selection: Selection): 'all' | 'some' | 'none' {
  if (selection.size === 0) return 'none';
  const lines = row.kind === 'voucher' ? row.group.lines : [row.line];
  const count = lines.filter(({ entry }) => selection.has(entry.id)).length;
  return count === 0 ? 'none' : count === lines.length ? 'all' : 'some';
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
  const list = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const [margin, setMargin] = useState(0);
  useLayoutEffect(() => {
    const top = body.current ? body.current.getBoundingClientRect().top + window.scrollY : 0;
    if (Math.abs(top - margin) > 1) setMargin(top);
  });
  const { more, earlier, jump, hasMore, hasBefore, isLoading, error } = pages;
  const hadBefore = useRef(false);
  // What a person looks at stays where it is, whatever comes or goes above it. At the top of a list its new first rows are seen.
  const isAnchored = hasBefore || hadBefore.current || window.scrollY > margin;
  // With other functions all rows would be measured out anew, at every step of scrolling.
  const estimateSize = useCallback((place: number) => (rows[place]?.kind === 'line' ? 32 : 41), [rows]);
  const getItemKey = useCallback((place: number) => rows[place]?.key ?? place, [rows]);
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize,
    getItemKey,
    overscan: 12,
    scrollMargin: margin,
    scrollPaddingEnd: FOOT_HEIGHT,
    anchorTo: isAnchored ? 'end' : 'start',
  });
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    hadBefore.current = hasBefore;
    if (isLoading || error) return;
    if (hasMore && last >= rows.length - AHEAD) more();
    else if (hasBefore && first < AHEAD) earlier();
  }, [first, last, rows, hasMore, hasBefore, isLoading, error, more, earlier]);

  // The heights of rows that were forgotten are forgotten with them.
  useEffect(() => {
    const heights = virtual.itemSizeCache;
    if (heights.size <= 2 * rows.length) return;
    const kept = new Set<unknown>(rows.map(({ key }) => key));
    for (const key of heights.keys()) if (!kept.has(key)) heights.delete(key);
  }, [rows, virtual]);

  const [goal, setGoal] = useState<'start' | 'end'>();
  const go = useCallback(
    (to: 'start' | 'end'): void => {
      setGoal(to);
      if (to === 'start' ? hasBefore : hasMore) jump(to);
    },
    [hasBefore, hasMore, jump],
  );
  const show = (place: number): void => {
    virtual.scrollToIndex(place);
    focusRow(list.current, place);
  };
  useEffect(() => {
    if (!goal || isLoading) return;
    setGoal(undefined);
    if (goal === 'end') return show(rows.length - 1);
    window.scrollTo(0, 0);
    focusRow(list.current, 0);
  });

  const latest = useRef({ rows, selection, anchor: undefined as string | undefined });
  latest.current.rows = rows;
  latest.current.selection = selection;
  const choose = useCallback(
    (place: number, event: React.ChangeEvent<HTMLInputElement>): void => {
      const { rows: all, selection: before, anchor } = latest.current;
      const isChosen = event.currentTarget.checked;
      const isRange = (event.nativeEvent as MouseEvent).shiftKey && anchor !== undefined;
      const other = isRange ? all.findIndex(({ key }) => key === anchor) : -1;
      const [from, to] = other < 0 ? [place, place] : [Math.min(other, place), Math.max(other, place)];
      latest.current.anchor = all[place]?.key;
      onSelect?.(before.with(all.slice(from, to + 1).flatMap(pickedBy), isChosen));
    },
    [onSelect],
  );

  const fault = error && <ErrorNote error={error} onRetry={pages.reload} />;
  if (!pages.isLoaded) return fault ?? <Loading />;
  if (rows.length === 0) return <>{empty}</>;
  return (
    <div
      ref={list}
      className="ledger"
      role="table"
      inert={isInert}
      aria-label={label}
      aria-rowcount={hasMore || hasBefore ? -1 : rows.length + 1}
      onKeyDown={(event) => {
        const next = placeByKey(event);
        if (next === undefined) return;
        event.preventDefault();
        if (typeof next === 'string') go(next);
        else if (next >= 0 && next < rows.length) show(next);
      }}
    >
      <ListHead
        isByVoucher={isByVoucher}
        loaded={pages.rows}
        selection={selection}
        onSelect={onSelect}
        onGo={hasMore || hasBefore || rows.length > AHEAD ? go : undefined}
      />
      {hasBefore && first < AHEAD && fault}
      <div className="ledger-body" role="rowgroup" ref={body} style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          return (
            <ListRow
              key={item.key}
              row={row}
              place={item.index}
              top={item.start - margin}
              number={hasBefore ? undefined : item.index + 2}
              measure={virtual.measureElement}
              isFolded={row.kind === 'voucher' && isFolded(row.group.voucher.id)}
              onFold={folds.toggle}
              chosen={onSelect ? chosenOf(row, selection) : 'none'}
              onChoose={onSelect && choose}
              isPerLine={isPerLine}
            />
          );
        })}
      </div>
      {!(hasBefore && first < AHEAD) && fault}
      {hasMore && !error && <p className="quiet list-more">{lists.loadingMore}</p>}
      {foot}
    </div>
  );
}
