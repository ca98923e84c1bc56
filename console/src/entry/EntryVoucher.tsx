import { Link } from 'wouter';
import { useFormats, useMessages } from '../i18n';
import { AmountCells, AmountHeads } from '../parts/Amount';
import { Badge } from '../parts/State';
import { entryAddress } from '../route';
import type { Entry } from './EntryPage';

/** The entries that were posted together with this one. */
export function EntryVoucher({ entry }: { entry: Entry }) {
  const { entry: words, lists, names } = useMessages();
  const formats = useFormats();
  const { voucher } = entry;
  return (
    <section className="panel" aria-labelledby="voucher">
      <h2 id="voucher">
        <bdi>{words.voucherOf(voucher.journalCode, voucher.entryNumber || lists.blankNumber)}</bdi>{' '}
        <span className="quiet">{formats.day(voucher.postingDate)}</span>{' '}
        {voucher.balanced === false && <Badge tone="failed">{lists.unbalanced}</Badge>}
      </h2>
      <div className="table-scroll">
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">{names.fields.accountNumber}</th>
              <th scope="col">{names.fields.description}</th>
              <AmountHeads />
              <th scope="col" aria-label={names.fields.currency} />
            </tr>
          </thead>
          <tbody>
            {voucher.entries?.nodes.map((line) => (
              <tr key={line.id} aria-current={line.id === entry.id ? 'true' : undefined}>
                <td>
                  <bdi className="number">{line.accountNumber}</bdi> <bdi className="quiet clip">{line.subledgerAccountName ?? line.accountName}</bdi>
                </td>
                <td>
                  {line.id === entry.id ? (
                    <bdi className="clip" title={words.thisLine}>
                      {line.description}
                    </bdi>
                  ) : (
                    <Link to={entryAddress(line.entryId)} className="clip">
                      <bdi>{line.description || lists.openEntry(line.entryId)}</bdi>
                    </Link>
                  )}
                </td>
                <AmountCells debit={line.debit} credit={line.credit} />
                <td className="currency">{line.currency}</td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            {voucher.totals?.map((total) => (
              <tr key={total.currency}>
                <th scope="row" colSpan={2}>
                  {words.total}
                </th>
                <AmountCells debit={total.debit} credit={total.credit} />
                <td className="currency">{total.currency}</td>
              </tr>
            ))}
          </tfoot>
        </table>
      </div>
      {voucher.entries?.pageInfo.hasNextPage && <p className="quiet">{words.moreLines}</p>}
    </section>
  );
}
