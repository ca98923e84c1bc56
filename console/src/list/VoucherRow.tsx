import { Checkbox } from '@mantine/core';
import { useFormats, useMessages } from '../i18n';
import { Amount } from '../parts/Amount';
import { Fold } from '../parts/Fold';
import { voucherName, type Group } from './rows';
import { Status, useWords } from './Status';

interface Props {
  group: Group;
  isFolded: boolean;
  onFold: () => void;
  chosen: 'all' | 'some' | 'none';
  onChoose: ((event: React.ChangeEvent<HTMLInputElement>) => void) | undefined;
  isPerLine: boolean;
}

/** The head of a voucher: what it is, how it stands, what it adds up to. */
export function VoucherRow({ group, isFolded, onFold, chosen, onChoose, isPerLine }: Props) {
  const { lists } = useMessages();
  const formats = useFormats();
  const words = useWords();
  const { voucher, lines } = group;
  const [first] = lines;
  if (!first) return null;
  const name = voucherName(voucher, lists.blankNumber);
  const total = voucher.totals?.reduce((sum, { entryCount }) => sum + entryCount, 0) ?? lines.length;
  const why = isPerLine ? undefined : words(first);
  return (
    <>
      <span role="cell" className="c-check">
        {onChoose && (
          <Checkbox
            size="xs"
            data-focus
            aria-label={lists.selectVoucher(name)}
            checked={chosen === 'all'}
            indeterminate={chosen === 'some'}
            onChange={onChoose}
          />
        )}
      </span>
      <span role="cell" className="c-date">
        {formats.day(voucher.postingDate)}
      </span>
      <span role="cell" className="c-name">
        <Fold isOpen={!isFolded} label={lists.foldOne(name)} isFirst={!onChoose} onClick={onFold} />
        <bdi className="voucher-name" title={name}>
          <span className="journal">{voucher.journalCode}</span> {voucher.entryNumber || <i>{lists.blankNumber}</i>}
        </bdi>
        <span className="quiet count">{lists.ofVoucher(lines.length, total)}</span>
      </span>
      <span role="cell" className="c-text">
        <bdi className="clip" title={first.entry.description}>
          {first.entry.description}
        </bdi>
      </span>
      <span role="cell" className="c-status">
        <Status line={isPerLine ? { ...first, mark: undefined, change: undefined } : first} />
      </span>
      <span role="cell" className="c-debit">
        {voucher.totals?.map((one) => <Amount key={one.currency} value={one.debit} />)}
      </span>
      <span role="cell" className="c-credit">
        {voucher.totals?.map((one) => <Amount key={one.currency} value={one.credit} />)}
      </span>
      <span role="cell" className="c-currency">
        {voucher.totals?.map((one) => <span key={one.currency}>{one.currency}</span>)}
      </span>
      {why && (
        <span role="cell" className="c-why">
          <bdi>{why}</bdi>
        </span>
      )}
    </>
  );
}
