import { ConsoleDeliveriesDocument, type ConsoleDeliveryFragment, type ConsoleWebhookFragment } from '@ledgate/client/documents';
import { askFor } from '../api/ask';
import { usePoll } from '../api/live';
import { pageOf, usePages } from '../api/pages';
import { useReloadOn } from '../api/useReloadOn';
import { useFormats, useMessages } from '../i18n';
import { More } from '../parts/More';
import { ErrorNote, Loading } from '../parts/Notes';
import { Badge } from '../parts/State';
import { Moment } from '../parts/When';
import { useAnswer } from './useAnswer';

/** How often is looked for new ones. */
const POLL_MILLISECONDS = 5000;

interface Props {
  webhook: ConsoleWebhookFragment;
  /** Changes when there may be new ones. */
  signal: number;
}

/** What the last attempts to tell a webhook something came to, the newest first. */
export function Deliveries({ webhook, signal }: Props) {
  const { webhooks: words } = useMessages();
  const formats = useFormats();
  const answer = useAnswer();
  const { webhookId } = webhook;
  const pages = usePages<ConsoleDeliveryFragment>(`deliveries ${webhookId}`, async (client, { after }) =>
    pageOf((await askFor(client, ConsoleDeliveriesDocument, { webhookId, first: 20, after })).webhook?.deliveries),
  );
  const { reload } = pages;
  useReloadOn(signal, reload);
  usePoll(reload, POLL_MILLISECONDS);
  if (!pages.isLoaded) return pages.error ? <ErrorNote error={pages.error} onRetry={reload} /> : <Loading />;
  if (pages.rows.length === 0) return <p className="quiet">{words.noDeliveries}</p>;
  return (
    <div className="table-scroll" role="region" aria-label={words.deliveriesOf(webhook.url)} tabIndex={0}>
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">{words.at}</th>
            <th scope="col">{words.outcome}</th>
            <th scope="col">{words.kinds}</th>
            <th scope="col">{words.system}</th>
            <th scope="col" className="figures">
              {words.attempt}
            </th>
            <th scope="col" className="figures">
              {words.duration}
            </th>
          </tr>
        </thead>
        <tbody>
          {pages.rows.map((delivery) => (
            <tr key={delivery.deliveryId}>
              <td>
                <Moment time={delivery.at} />
              </td>
              <td>
                <Badge tone={delivery.taken ? 'exported' : 'failed'}>{delivery.taken ? words.taken : words.notTaken}</Badge>{' '}
                <span className="quiet">{answer(delivery)}</span>
              </td>
              <td>{delivery.kinds.map((kind) => words.kindNames[kind] ?? kind).join(', ') || words.aTest}</td>
              <td>
                <bdi>{delivery.systemId ?? '—'}</bdi>
              </td>
              <td className="figures">{formats.number(delivery.attempt)}</td>
              <td className="figures">{words.milliseconds(formats.number(delivery.durationMs))}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <More pages={pages} />
    </div>
  );
}
