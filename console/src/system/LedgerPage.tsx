import { useMessages } from '../i18n';
import { useTitle } from '../parts/useTitle';
import { EntryListView } from './EntryListView';
import { LEDGER } from './tabs';

/** All entries of the ledger. */
export function LedgerPage() {
  const { app } = useMessages();
  useTitle(app.ledger);
  return (
    <div className="page">
      <h1>{app.ledger}</h1>
      <EntryListView name="ledger" tab={LEDGER} systemId="" systemName="" isUnitVoucher={false} signal="" onChanged={() => undefined} />
    </div>
  );
}
