import { useState } from 'react';
import { Button } from '@mantine/core';
import { ConsoleTestWebhookDocument, type ConsoleDeliveryFragment, type ConsoleWebhookFragment } from '@ledgate/client/documents';
import type { CombinedError } from '@urql/core';
import { useClient } from 'urql';
import { change } from '../api/ask';
import { useFormats, useMessages } from '../i18n';
import { Fact } from '../parts/Fact';
import { Fold } from '../parts/Fold';
import { ErrorNote } from '../parts/Notes';
import { Badge } from '../parts/State';
import { When } from '../parts/When';
import { Deliveries } from './Deliveries';
import { useAnswer } from './useAnswer';
import { WebhookDialog, type WebhookAction } from './WebhookDialog';
import { WebhookState } from './WebhookState';

interface Props {
  webhook: ConsoleWebhookFragment;
  onChanged: () => void;
  onSecret: (secret: string) => void;
}

/** A webhook: how it stands, what it was told, and what can be done about it. */
export function WebhookCard({ webhook, onChanged, onSecret }: Props) {
  const { webhooks: words } = useMessages();
  const formats = useFormats();
  const [isOpen, setOpen] = useState(false);
  const [attempts, setAttempts] = useState(0);
  const [acting, setActing] = useState<WebhookAction>();
  const { url } = webhook;
  const state = webhook.switchedOffAt ? 'parked' : webhook.failingSince ? 'failed' : 'exported';
  const title = { parked: words.switchedOff, failed: words.failing, exported: words.inOrder }[state];
  const names: Record<WebhookAction, string> = {
    switchOn: webhook.switchedOffAt ? words.switchOn : words.tryNow,
    rotate: words.rotate,
    replay: words.replay,
    delete: words.delete,
  };
  const actions: WebhookAction[] = [...(state === 'exported' ? [] : (['switchOn'] as const)), 'replay', 'rotate', 'delete'];
  return (
    <li className="card-row">
      <div className="card-head">
        <Fold isOpen={isOpen} label={words.deliveriesOf(url)} onClick={() => setOpen(!isOpen)} />
        <bdi className="card-title clip" title={url}>
          {url}
        </bdi>
        <Badge tone={state}>{title}</Badge>
      </div>
      <WebhookState webhook={webhook} />
      {webhook.description && <p className="wrap">{webhook.description}</p>}
      <dl className="facts inline">
        <Fact name={words.system}>
          <bdi>{webhook.systemId ?? words.allSystems}</bdi>
        </Fact>
        <Fact name={words.kinds}>{webhook.kinds.map((kind) => words.kindNames[kind] ?? kind).join(', ')}</Fact>
        <div>
          <dt>{words.made}</dt>
          <dd title={formats.moment(webhook.createdAt)}>
            <When time={webhook.createdAt} /> <bdi>{words.by(webhook.createdBy)}</bdi>
          </dd>
        </div>
      </dl>
      <div className="webhook-actions">
        <Test
          webhook={webhook}
          onTested={() => {
            setAttempts(attempts + 1);
            onChanged();
          }}
        />
        {actions.map((action) => (
          <Button
            key={action}
            size="compact-xs"
            variant="default"
            aria-label={words.actionOf(names[action], url)}
            onClick={() => setActing(action)}
          >
            {names[action]}
          </Button>
        ))}
      </div>
      {isOpen && <Deliveries webhook={webhook} signal={attempts} />}
      {acting && (
        <WebhookDialog
          action={acting}
          title={names[acting]}
          webhook={webhook}
          onClose={(isDone, secret) => {
            setActing(undefined);
            if (secret) onSecret(secret);
            if (isDone) onChanged();
          }}
        />
      )}
    </li>
  );
}

/** Tells the webhook something now, and says what came of it. */
function Test({ webhook, onTested }: { webhook: ConsoleWebhookFragment; onTested: () => void }) {
  const { webhooks: words } = useMessages();
  const formats = useFormats();
  const answer = useAnswer();
  const client = useClient();
  const [isRunning, setRunning] = useState(false);
  const [delivery, setDelivery] = useState<ConsoleDeliveryFragment>();
  const [error, setError] = useState<CombinedError | Error>();
  const test = async (): Promise<void> => {
    setRunning(true);
    setDelivery(undefined);
    setError(undefined);
    try {
      const done = (await change(client, ConsoleTestWebhookDocument, { input: { webhookId: webhook.webhookId } })).testWebhook;
      const [fault] = done?.userErrors ?? [];
      if (fault) setError(new Error(fault.message));
      setDelivery(done?.delivery ?? undefined);
      onTested();
    } catch (caught) {
      setError(caught as CombinedError);
    }
    setRunning(false);
  };
  return (
    <>
      <Button
        size="compact-xs"
        variant="default"
        aria-label={words.actionOf(words.test, webhook.url)}
        loading={isRunning}
        onClick={() => void test()}
      >
        {words.test}
      </Button>
      <span className="webhook-tested" role="status" data-tone={delivery && !delivery.taken ? 'failed' : undefined}>
        {delivery && words.tested(delivery.taken, answer(delivery), words.milliseconds(formats.number(delivery.durationMs)))}
      </span>
      {error && <ErrorNote error={error} />}
    </>
  );
}
