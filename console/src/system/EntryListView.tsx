import { useState } from 'react';
import { ActionIcon, Button, NativeSelect, SegmentedControl } from '@mantine/core';
import { IconFold, IconFoldDown } from '@tabler/icons-react';
import { ActionDialog } from '../actions/ActionDialog';
import { RIGHTS, type ActionKind } from '../actions/kinds';
import { targetsOf, type Targets } from '../actions/targets';
import { useMay } from '../app/viewer';
import { FilterBar } from '../filters/FilterBar';
import { useFormats, useMessages } from '../i18n';
import { LedgerList } from '../list/LedgerList';
import { ListFoot } from '../list/ListFoot';
import { Selection } from '../list/selection';
import { Empty, ErrorNote } from '../parts/Notes';
import { useParameters } from '../route';
import { Download } from './Download';
import { RequeueType } from './RequeueType';
import { SelectionBar } from './SelectionBar';
import type { EntryTab } from './tabs';
import { useEntryList } from './useEntryList';
import { useFolds } from './useFolds';
import { useGather } from './useGather';
import { useReloadWhenChanged } from './useReloadWhenChanged';

interface Props {
  name: 'waiting' | 'failed' | 'parked' | 'sent' | 'changed' | 'ledger';
  tab: EntryTab;
  systemId: string;
  systemName: string;
  isUnitVoucher: boolean;
  /** Changes when something of the list may have. */
  signal: string;
  onChanged: () => void;
}

/** A list of entries with its filters, its selection, and what can be done with it. */
export function EntryListView({ name, tab, systemId, systemName, isUnitVoucher, signal, onChanged }: Props) {
  const { lists } = useMessages();
  const formats = useFormats();
  const may = useMay();
  const [, change] = useParameters();
  const list = useEntryList(name, tab, systemId);
  const folds = useFolds();
  const gather = useGather(list.readKeys, list.select);
  const [acting, setActing] = useState<{ kind: ActionKind; targets: Targets }>();
  const isStale = useReloadWhenChanged(signal, list.pages, list.selection.size > 0 || acting !== undefined);
  const isByVoucher = list.view === 'vouchers';
  const actions = tab.actions.filter((kind) => may(RIGHTS[kind]));
  const canSelect = actions.length > 0;
  const [isTyping, setTyping] = useState(false);
  const count = list.figures?.count;
  const isEmpty = list.pages.isLoaded && list.pages.rows.length === 0;
  const sorts = (name === 'sent' ? lists.sentSorts : lists.sorts) as Record<string, string>;

  return (
    <section className="list-view" data-selecting={list.selection.size > 0 || undefined}>
      <div className="toolbar">
        <FilterBar fields={tab.fields} hasSearch={tab.hasSearch} onTyping={setTyping} />
        <div className="toolbar-end" inert={isTyping}>
          {count && !isEmpty && (
            <span className="quiet total" role="status">
              {lists.matching(formats.count(count), count.count === 1)}
            </span>
          )}
          {canSelect && list.pages.isLoaded && !isEmpty && (
            <Button variant="subtle" size="compact-xs" onClick={() => void gather.start()} disabled={gather.count !== undefined}>
              {lists.selectAll(count ? formats.count(count) : '')}
            </Button>
          )}
          {isStale && (
            <Button variant="light" size="compact-xs" onClick={list.pages.reload}>
              {lists.refresh}
            </Button>
          )}
          {name === 'failed' && may('MANAGE') && (
            <RequeueType systemId={systemId} systemName={systemName} onDone={() => (list.pages.reload(), onChanged())} />
          )}
          <SegmentedControl
            size="xs"
            aria-label={lists.view}
            value={list.view}
            onChange={(view) => change((address) => (view === 'lines' ? address.set('view', view) : address.delete('view')))}
            data={[
              { value: 'vouchers', label: lists.vouchers },
              { value: 'lines', label: lists.lines },
            ]}
          />
          {isByVoucher && (
            <ActionIcon
              variant="default"
              size={30}
              aria-label={folds.areFolded ? lists.unfold : lists.fold}
              title={folds.areFolded ? lists.unfold : lists.fold}
              onClick={folds.toggleAll}
            >
              {folds.areFolded ? <IconFoldDown size={16} aria-hidden /> : <IconFold size={16} aria-hidden />}
            </ActionIcon>
          )}
          {tab.sorts.length > 1 && (
            <NativeSelect
              size="xs"
              aria-label={lists.sort}
              value={list.sort}
              onChange={(event) => {
                const sort = event.currentTarget.value;
                change((address) => (sort === tab.sorts[0] ? address.delete('sort') : address.set('sort', sort)));
              }}
              data={tab.sorts.map((value) => ({ value, label: sorts[value] ?? value }))}
            />
          )}
          <Download read={list.read} name={`${systemId || 'ledger'}-${name}`} />
        </div>
      </div>
      {gather.error && <ErrorNote error={gather.error} onRetry={() => void gather.start()} />}
      <LedgerList
        pages={list.pages}
        isInert={isTyping}
        foot={list.figures?.totals !== undefined && <ListFoot count={list.figures.count} totals={list.figures.totals} />}
        label={name === 'ledger' ? lists.empty.ledger : lists.tabs[name]}
        isByVoucher={isByVoucher}
        isPerLine={tab.isPerLine}
        folds={folds}
        selection={list.selection}
        onSelect={canSelect ? list.select : undefined}
        empty={
          list.isFiltered ? (
            <Empty title={lists.empty.filtered}>{lists.empty.filteredHelp}</Empty>
          ) : (
            <Empty title={lists.empty[name]}>{lists.empty[`${name}Help`]}</Empty>
          )
        }
      />
      <SelectionBar
        selection={list.selection}
        gathering={gather.count}
        onStop={gather.stop}
        onClear={() => list.select(Selection.none)}
        actions={actions}
        isOfChanged={name === 'changed'}
        onAct={(kind) => {
          // A changed entry is marked in the version that stands in the list: by itself, not with its voucher.
          const areVouchers = isByVoucher && !(name === 'changed' && kind === 'mark');
          setActing({ kind, targets: targetsOf(list.selection, areVouchers) });
        }}
      />
      {acting && (
        <ActionDialog
          kind={acting.kind}
          targets={acting.targets}
          systemId={systemId}
          systemName={systemName}
          isOfChanged={name === 'changed' && acting.kind === 'mark'}
          isUnitVoucher={isUnitVoucher}
          onClose={(isDone) => {
            setActing(undefined);
            if (!isDone) return;
            list.select(Selection.none);
            list.pages.reload();
            onChanged();
          }}
        />
      )}
    </section>
  );
}
