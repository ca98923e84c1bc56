import { memo } from 'react';
import { ActionIcon, Checkbox } from '@mantine/core';
import { IconArrowBarToDown, IconArrowBarToUp } from '@tabler/icons-react';
import { useMessages } from '../i18n';
import { pickedOf, type ListLine } from './rows';
import type { Selection } from './selection';

interface Props {
  isByVoucher: boolean;
  loaded: ListLine[];
  selection: Selection;
  onSelect: ((selection: Selection) => void) | undefined;
  /** Goes to an end of the list. Left out where the list is short. */
  onGo: ((to: 'start' | 'end') => void) | undefined;
}

/** The names of the columns, the box that chooses all that is shown, and the ways to the ends of the list. */
export const ListHead = memo(function ListHead({ isByVoucher, loaded, selection, onSelect, onGo }: Props) {
  const { lists } = useMessages();
  const chosen = selection.size === 0 ? 0 : loaded.filter(({ entry }) => selection.has(entry.id)).length;
  const isAll = chosen === loaded.length && loaded.length > 0;
  return (
    <div role="rowgroup" className="ledger-head-group">
      <div role="row" aria-rowindex={1} className="row-grid ledger-head">
        <span role="columnheader" className="c-check">
          {onSelect && (
            <Checkbox
              size="xs"
              aria-label={lists.selectAllLoaded}
              checked={isAll}
              indeterminate={chosen > 0 && !isAll}
              onChange={() => onSelect(selection.with(loaded.map(pickedOf), !isAll))}
            />
          )}
        </span>
        <span role="columnheader" className="c-date">
          {lists.columns.date}
        </span>
        <span role="columnheader" className="c-name">
          {isByVoucher ? lists.columns.voucher : lists.columns.account}
          {onGo && (
            <span className="list-ends">
              <ActionIcon variant="subtle" color="gray" size="sm" aria-label={lists.toStart} title={lists.toStart} onClick={() => onGo('start')}>
                <IconArrowBarToUp size={14} aria-hidden />
              </ActionIcon>
              <ActionIcon variant="subtle" color="gray" size="sm" aria-label={lists.toEnd} title={lists.toEnd} onClick={() => onGo('end')}>
                <IconArrowBarToDown size={14} aria-hidden />
              </ActionIcon>
            </span>
          )}
        </span>
        <span role="columnheader" className="c-text">
          {lists.columns.description}
        </span>
        <span role="columnheader" className="c-status">
          {lists.columns.status}
        </span>
        <span role="columnheader" className="c-debit">
          {lists.debit}
        </span>
        <span role="columnheader" className="c-credit">
          {lists.credit}
        </span>
        <span role="columnheader" className="c-currency" aria-label={lists.columns.currency} />
      </div>
    </div>
  );
});
