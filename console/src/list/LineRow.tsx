import { Checkbox } from '@mantine/core';
import { Link } from 'wouter';
import { useFormats, useMessages } from '../i18n';
import { Amount } from '../parts/Amount';
import { entryAddress } from '../route';
import { voucherName, type ListLine } from './rows';
import { Status, useWords } from './Status';

interface Props {
  line: ListLine;
  /** Under the head of its voucher, which says the rest. */
  isUnderVoucher: boolean;
  /** Whether each line has its own status, and not its voucher. */
  isPerLine: boolean;
  isChosen: boolean;
  onChoose: ((event: React.ChangeEvent<HTMLInputElement>) => void) | undefined;
}

/** An entry: account, text, amounts, and the way to its page. */
export function LineRow({ line, isUnderVoucher, isPerLine, isChosen, onChoose }: Props) {
  const { lists } = useMessages();
  const formats = useFormats();
  const words = useWords();
  const { entry, voucher } = line;
  const showsStatus = !isUnderVoucher || isPerLine;
  const why = showsStatus ? words(line) : undefined;
  const account = [entry.accountNumber, entry.subledgerAccountNumber].filter(Boolean).join(' · ');
  return (
    <>
      <span role="cell" className="c-check">
        {onChoose && !isUnderVoucher && (
          <Checkbox
            size="xs"
            data-focus
            aria-label={lists.selectEntry(entry.entryId)}
            checked={isChosen}
            onChange={onChoose}
          />
        )}
      </span>
      <span role="cell" className="c-date">
        {!isUnderVoucher && (
          <>
            {formats.day(entry.postingDate)}
            <bdi className="quiet small clip">{voucherName(voucher, lists.blankNumber)}</bdi>
          </>
        )}
      </span>
      <span role="cell" className="c-name account">
        <bdi className="number" title={account}>
          {account}
        </bdi>
        <bdi className="quiet clip" title={entry.accountName ?? undefined}>
          {entry.subledgerAccountName ?? entry.accountName}
        </bdi>
      </span>
      <span role="cell" className="c-text">
        <Link
          to={entryAddress(entry.entryId)}
          className="clip"
          title={entry.description}
          aria-label={`${lists.openEntry(entry.entryId)}: ${entry.description.slice(0, 80)}`}
          data-focus={isUnderVoucher || !onChoose ? true : undefined}
        >
          <bdi>{entry.description || lists.openEntry(entry.entryId)}</bdi>
        </Link>
        {entry.documentReference && (
          <bdi className="quiet clip document" title={entry.documentReference}>
            {entry.documentReference}
          </bdi>
        )}
      </span>
      <span role="cell" className="c-status">
        {showsStatus && <Status line={line} isUnderVoucher={isUnderVoucher} />}
      </span>
      <span role="cell" className="c-debit">
        <Amount value={entry.debit} />
      </span>
      <span role="cell" className="c-credit">
        <Amount value={entry.credit} />
      </span>
      <span role="cell" className="c-currency">
        {entry.currency}
      </span>
      {why && (
        <span role="cell" className="c-why">
          <bdi>{why}</bdi>
        </span>
      )}
    </>
  );
}
