import { useFormats, useMessages } from '../i18n';
import { AmountCells, AmountHeads } from '../parts/Amount';
import { Badge } from '../parts/State';
import type { ImportSummary } from './send';

const BAD = new Set(['rejected', 'held_back', 'missing', 'already_sent', 'unbalanced']);

/** What an import came to, or would come to. */
export function Summary({ summary, isDryRun }: { summary: ImportSummary; isDryRun?: boolean }) {
  const { imports: words } = useMessages();
  const formats = useFormats();
  const { vouchers } = summary;
  const rows: [keyof typeof words.rows, number, number | undefined][] = [
    ['read', summary.read, vouchers.read],
    ['inserted', summary.inserted, vouchers.new],
    ['updated', summary.updated, vouchers.changed],
    ['unchanged', summary.unchanged, vouchers.unchanged],
    ['rejected', summary.rejected, undefined],
    ['held_back', summary.held_back, vouchers.held_back],
    ['missing', summary.missing, vouchers.missing],
    ['withdrawn', summary.withdrawn, undefined],
    ['already_sent', summary.already_sent, undefined],
  ];
  const figure = (name: string, value: number | undefined) => (
    <td className="figures" data-tone={BAD.has(name) && value ? 'failed' : undefined}>
      {value === undefined ? '' : formats.number(value)}
    </td>
  );
  return (
    <div className="summary">
      {summary.is_in_order !== undefined && (
        <p>
          <Badge tone={summary.is_in_order ? 'exported' : 'failed'}>
            {summary.is_in_order ? words.inOrder : words.notInOrder}
          </Badge>{' '}
          {!isDryRun && summary.is_written === false && words.nothingWritten}
        </p>
      )}
      <div className="summary-tables">
        <table className="plain">
          <thead>
            <tr>
              <th scope="col" aria-label={words.summary} />
              <th scope="col" className="figures">
                {words.lines}
              </th>
              <th scope="col" className="figures">
                {words.vouchers}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(([name, lines, whole]) => (
              <tr key={name}>
                <th scope="row">{words.rows[name]}</th>
                {figure(name, lines)}
                {figure(name, whole)}
              </tr>
            ))}
            <tr>
              <th scope="row">{words.rows.unbalanced}</th>
              {figure('', undefined)}
              {figure('unbalanced', vouchers.unbalanced)}
            </tr>
          </tbody>
        </table>
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">{words.sums}</th>
              <AmountHeads />
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">{words.inFiles}</th>
              <AmountCells debit={summary.debit} credit={summary.credit} />
            </tr>
            <tr>
              <th scope="row">{words.inLedger}</th>
              <AmountCells debit={summary.ledger_debit} credit={summary.ledger_credit} />
            </tr>
          </tbody>
        </table>
      </div>
      {summary.sent_to.map(({ system_id, entries }) => (
        <p key={system_id}>{words.sentTo(system_id, entries)}</p>
      ))}
      {summary.messages && summary.messages.length > 0 && (
        <>
          <h3>{words.messages}</h3>
          <ul className="messages" tabIndex={0} role="region" aria-label={words.messages}>
            {summary.messages.map((message, place) => (
              <li key={place}>
                <bdi>{message}</bdi>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
