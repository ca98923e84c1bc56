import type { ConsoleTotalFragment } from '@ledgate/client/documents';
import { useMessages } from '../i18n';
import type { Count } from '../i18n/format';
import { Amount } from '../parts/Amount';

/** What the whole list adds up to, on all its pages; or that it is too long for that. */
export function ListFoot({ count, totals }: { count: Count; totals: ConsoleTotalFragment[] | null }) {
  const { lists } = useMessages();
  return (
    <div role="rowgroup" className="ledger-foot-group">
      <div role="row" className="row-grid ledger-foot">
        <span role="cell" className="c-name">
          {lists.total}
        </span>
        <span role="cell" className="c-text quiet">
          {!totals && (count.precision === 'EXACT' ? lists.totalTooLarge : lists.totalTooLong)}
        </span>
        <span role="cell" className="c-debit">
          {totals?.map(({ currency, debit }) => <Amount key={currency} value={debit} />)}
        </span>
        <span role="cell" className="c-credit">
          {totals?.map(({ currency, credit }) => <Amount key={currency} value={credit} />)}
        </span>
        <span role="cell" className="c-currency">
          {totals?.map(({ currency }) => <span key={currency}>{currency}</span>)}
        </span>
      </div>
    </div>
  );
}
