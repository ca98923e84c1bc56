import { useViewer } from '../app/viewer';
import { useMessages } from '../i18n';
import { CopyText } from '../parts/CopyText';

/** How a token is made: by the command line, where the gateway runs. */
export function Tokens() {
  const { settings: words } = useMessages();
  const viewer = useViewer();
  const ledger = viewer && viewer.ledger !== 'main' ? ` --ledger ${viewer.ledger}` : '';
  return (
    <section className="panel" aria-labelledby="tokens">
      <h2 id="tokens">{words.tokens}</h2>
      <p className="quiet">{words.tokensHelp}</p>
      <CopyText label={words.tokenCommand} text={`ledgate token create --name "ERP sync" --can export,mark --expires 90d${ledger}`} />
      <p className="quiet">
        <code>ledgate token list | rotate | revoke</code> {words.tokensMore}
      </p>
    </section>
  );
}
