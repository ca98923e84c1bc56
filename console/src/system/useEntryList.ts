import { useCallback, useEffect, useMemo, useState } from 'react';
import type { ConsoleTotalFragment } from '@ledgate/client/documents';
import { useClient } from 'urql';
import { KEPT, usePages } from '../api/pages';
import { readFilters } from '../filters/address';
import type { Count } from '../i18n/format';
import { Selection } from '../list/selection';
import { useParameters } from '../route';
import type { EntryTab, Wanted } from './tabs';

/** What is known of a whole list, of all its pages together. */
export interface Figures {
  count: Count;
  /** Undefined as long as they are not known, and for a list that is not added up; null where it has too many entries. */
  totals: ConsoleTotalFragment[] | null | undefined;
}

/** A list of entries as the address has it: its pages, its figures, and what is chosen. */
export function useEntryList(name: string, tab: EntryTab, systemId: string) {
  const client = useClient();
  const [parameters] = useParameters();
  const search = parameters.toString();
  const view = parameters.get('view') === 'lines' ? 'lines' : 'vouchers';
  const asked = parameters.get('sort') ?? '';
  const sort = tab.sorts.includes(asked) ? asked : (tab.sorts[0] ?? '');
  const wanted = useMemo(
    (): Wanted => ({ systemId, filters: readFilters(new URLSearchParams(search), tab.fields), sort }),
    [systemId, search, tab, sort],
  );
  // Which list it is: how its entries are shown makes no other one of it.
  const key = JSON.stringify([name, wanted]);
  const read = useMemo(() => tab.read(wanted), [tab, wanted]);
  const readKeys = useMemo(() => tab.readKeys?.(wanted), [tab, wanted]);
  const pages = usePages(key, read, KEPT);

  const [chosen, setChosen] = useState({ key: '', selection: Selection.none });
  const id = `${key} ${view}`;
  const selection = chosen.key === id ? chosen.selection : Selection.none;
  const select = useCallback((next: Selection) => setChosen({ key: id, selection: next }), [id]);

  const [figures, setFigures] = useState<Figures & { key: string }>();
  useEffect(() => {
    let isCurrent = true;
    const ask = async (): Promise<void> => {
      const count = await tab.count?.(wanted, client);
      if (!isCurrent || !count) return;
      setFigures((before) => ({ key, count, totals: before?.key === key ? before.totals : undefined }));
      if (!tab.totals) return;
      // The gateway adds up as many entries as it counts.
      const totals = count.precision === 'EXACT' ? await tab.totals(wanted, client) : null;
      if (isCurrent) setFigures({ key, count, totals });
    };
    ask().catch(() => undefined); // the list itself says what went wrong
    return () => {
      isCurrent = false;
    };
  }, [tab, wanted, client, key, pages.readings]);

  return {
    pages,
    read,
    readKeys,
    view: view as 'lines' | 'vouchers',
    sort,
    selection,
    select,
    figures: figures?.key === key ? figures : undefined,
    isFiltered: wanted.filters.conditions.length > 0 || wanted.filters.text !== '',
  };
}
