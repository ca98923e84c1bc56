import { printExact, type Sums } from '../api/exact';
import { useFormats, useMessages } from '../i18n';

/** An amount, digit by digit; zero is only hinted at, so that the eye finds the other side. */
export function Amount({ value }: { value: string }) {
  const formats = useFormats();
  const isZero = /^-?0*\.?0*$/.test(value);
  return <span className={isZero ? 'amount zero' : 'amount'}>{formats.amount(value)}</span>;
}

/** Debit and credit in each currency. */
export function SumsOf({ sums }: { sums: Sums }) {
  const { lists } = useMessages();
  return (
    <span className="sums">
      {[...sums].map(([currency, { debit, credit }]) => (
        <span key={currency} className="sum">
          <span className="sum-label">{lists.debit}</span> <Amount value={printExact(debit)} />
          <span className="sum-label">{lists.credit}</span> <Amount value={printExact(credit)} />
          <span className="currency">{currency}</span>
        </span>
      ))}
    </span>
  );
}

/** The names of the columns of {@link AmountCells}. */
export function AmountHeads() {
  const { lists } = useMessages();
  return (
    <>
      <th scope="col" className="figures">
        {lists.debit}
      </th>
      <th scope="col" className="figures">
        {lists.credit}
      </th>
    </>
  );
}

/** Debit and credit in a row of a table. */
export function AmountCells({ debit, credit }: { debit: string; credit: string }) {
  return (
    <>
      <td className="figures">
        <Amount value={debit} />
      </td>
      <td className="figures">
        <Amount value={credit} />
      </td>
    </>
  );
}
