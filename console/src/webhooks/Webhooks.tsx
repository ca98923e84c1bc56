import { useState } from 'react';
import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { ConsoleWebhooksDocument, type ConsoleWebhookFragment } from '@ledgate/client/documents';
import { askFor } from '../api/ask';
import { usePoll } from '../api/live';
import { pageOf, usePages } from '../api/pages';
import { useMay } from '../app/viewer';
import { useMessages } from '../i18n';
import { Empty } from '../parts/Notes';
import { PagedCards } from '../system/PagedCards';
import { CreateWebhook } from './CreateWebhook';
import { Secret } from './Secret';
import { WebhookCard } from './WebhookCard';

/** How often is looked how they stand. */
const POLL_MILLISECONDS = 10_000;

/** The webhooks of the ledger, for who may do everything. */
export function Webhooks() {
  const { webhooks: words } = useMessages();
  const may = useMay();
  return (
    <section className="panel" aria-labelledby="webhooks">
      <h2 id="webhooks">{words.title}</h2>
      <p className="quiet">{words.lead}</p>
      {may('ADMIN') ? <List /> : <p className="hint">{words.needsAdmin}</p>}
    </section>
  );
}

function List() {
  const { webhooks: words } = useMessages();
  const [isMaking, setMaking] = useState(false);
  const [secret, setSecret] = useState<string>();
  const pages = usePages<ConsoleWebhookFragment>('webhooks', async (client, { after }) =>
    pageOf((await askFor(client, ConsoleWebhooksDocument, { first: 100, after })).webhooks),
  );
  usePoll(pages.reload, POLL_MILLISECONDS);
  return (
    <>
      <div className="toolbar">
        <Button size="xs" leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setMaking(true)}>
          {words.create}
        </Button>
      </div>
      <PagedCards pages={pages} empty={<Empty title={words.empty}>{words.emptyHelp}</Empty>}>
        {(webhook) => <WebhookCard key={webhook.webhookId} webhook={webhook} onChanged={pages.reload} onSecret={setSecret} />}
      </PagedCards>
      {isMaking && (
        <CreateWebhook
          onClose={(isDone, made) => {
            setMaking(false);
            setSecret(made);
            if (isDone) pages.reload();
          }}
        />
      )}
      {secret && <Secret secret={secret} onClose={() => setSecret(undefined)} />}
    </>
  );
}
