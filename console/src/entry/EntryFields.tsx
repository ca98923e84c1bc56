import { useFormats, useMessages } from '../i18n';
import { Amount } from '../parts/Amount';
import { Fact } from '../parts/Fact';
import type { Entry } from './EntryPage';

/** All that the ledger knows of the entry. */
export function EntryFields({ entry }: { entry: Entry }) {
  const { entry: words, names } = useMessages();
  const formats = useFormats();
  const day = (value: string | null) => value && formats.day(value);
  const amount = (value: string | null, currency: string | null) =>
    value && (
      <>
        <Amount value={value} /> <span className="currency">{currency}</span>
      </>
    );
  const rows: [keyof typeof names.fields, React.ReactNode][] = [
    ['postingDate', day(entry.postingDate)],
    ['journalCode', both(entry.journalCode, entry.journalName)],
    ['entryNumber', text(entry.entryNumber)],
    ['accountNumber', both(entry.accountNumber, entry.accountName)],
    ['subledgerAccountNumber', both(entry.subledgerAccountNumber, entry.subledgerAccountName)],
    ['documentReference', text(entry.documentReference)],
    ['documentDate', day(entry.documentDate)],
    ['debit', amount(entry.debit, entry.currency)],
    ['credit', amount(entry.credit, entry.currency)],
    ['foreignAmount', amount(entry.foreignAmount, entry.foreignCurrency)],
    ['reconciliationCode', text(entry.reconciliationCode)],
    ['reconciledOn', day(entry.reconciledOn)],
    ['validatedOn', day(entry.validatedOn)],
    ['externalId', text(entry.externalId)],
    ['version', formats.number(entry.version)],
    ['createdAt', formats.moment(entry.createdAt)],
    ['updatedAt', formats.moment(entry.updatedAt)],
    ['withdrawnAt', entry.withdrawnAt && formats.moment(entry.withdrawnAt)],
    ['import', entry.importFile && entry.importLine !== null && text(words.importedFrom(entry.importFile.name, entry.importLine))],
  ];
  const attributes = Object.entries(entry.attributes);
  return (
    <section className="panel" aria-labelledby="fields">
      <h2 id="fields">{words.fields}</h2>
      <dl className="field-list">
        {rows.map(([name, value]) =>
          value ? (
            <Fact key={name} name={names.fields[name]}>{value}</Fact>
          ) : null,
        )}
      </dl>
      {attributes.length > 0 && (
        <>
          <h3>{words.attributes}</h3>
          <dl className="field-list">
            {attributes.map(([name, value]) => (
              <Fact key={name} name={<bdi>{name}</bdi>}>
                <bdi>{typeof value === 'string' ? value : JSON.stringify(value)}</bdi>
              </Fact>
            ))}
          </dl>
        </>
      )}
    </section>
  );
}

function text(value: string | null) {
  return value && <bdi>{value}</bdi>;
}

function both(code: string | null, name: string | null) {
  return (
    code && (
      <>
        <bdi>{code}</bdi> {name && <bdi className="quiet">{name}</bdi>}
      </>
    )
  );
}
