// What is done to one webhook, each with what it will do before it does it.
import { useRef, useState } from 'react';
import { NativeSelect, TextInput } from '@mantine/core';
import {
  ConsoleDeleteWebhookDocument,
  ConsoleReplayWebhookDocument,
  ConsoleRotateWebhookSecretDocument,
  ConsoleSwitchWebhookOnDocument,
  type ConsoleWebhookFragment,
} from '@ledgate/client/documents';
import { useClient } from 'urql';
import { CallDialog } from '../actions/CallDialog';
import { change } from '../api/ask';
import { newKey } from '../api/batches';
import { useMessages } from '../i18n';

export type WebhookAction = 'switchOn' | 'rotate' | 'replay' | 'delete';

/** For so long the present secret may stay valid, in seconds. */
const OVERLAPS = [0, 3600, 86_400, 604_800];

interface Props {
  action: WebhookAction;
  title: string;
  webhook: ConsoleWebhookFragment;
  /** Given the secret where there is a new one. */
  onClose: (isDone: boolean, secret?: string) => void;
}

export function WebhookDialog({ action, title, webhook, onClose }: Props) {
  const { webhooks: words } = useMessages();
  const client = useClient();
  const [overlap, setOverlap] = useState('86400');
  const [after, setAfter] = useState('');
  const secret = useRef<string>(undefined);
  const { webhookId, url } = webhook;
  const act = async () => {
    const input = { webhookId, idempotencyKey: newKey() };
    const said = words.done[action];
    switch (action) {
      case 'switchOn': {
        const done = (await change(client, ConsoleSwitchWebhookOnDocument, { input })).switchWebhookOn;
        return { said, faults: done?.userErrors ?? [] };
      }
      case 'rotate': {
        const given = { ...input, overlapSeconds: Number(overlap) };
        const done = (await change(client, ConsoleRotateWebhookSecretDocument, { input: given })).rotateWebhookSecret;
        secret.current = done?.secret ?? undefined;
        return { said, faults: done?.userErrors ?? [] };
      }
      case 'replay': {
        const given = { ...input, after: after.trim() || undefined };
        const done = (await change(client, ConsoleReplayWebhookDocument, { input: given })).replayWebhook;
        return { said, faults: done?.userErrors ?? [] };
      }
      case 'delete': {
        const done = (await change(client, ConsoleDeleteWebhookDocument, { input })).deleteWebhook;
        return { said, faults: done?.userErrors ?? [] };
      }
    }
  };
  return (
    <CallDialog
      title={title}
      will={words.will[action](url)}
      confirm={title}
      fields={['after', 'overlapSeconds']}
      act={act}
      onClose={(isDone) => onClose(isDone, secret.current)}
    >
      {(faultOf) => (
        <>
          {action === 'rotate' && (
            <NativeSelect
              label={words.overlap}
              value={overlap}
              onChange={(event) => setOverlap(event.currentTarget.value)}
              error={faultOf('overlapSeconds')}
              data={OVERLAPS.map((seconds) => ({ value: String(seconds), label: words.overlaps[seconds] ?? String(seconds) }))}
            />
          )}
          {action === 'replay' && (
            <TextInput
              label={words.after}
              description={words.afterHelp}
              value={after}
              onChange={(event) => setAfter(event.currentTarget.value)}
              error={faultOf('after')}
              spellCheck={false}
              data-autofocus
            />
          )}
        </>
      )}
    </CallDialog>
  );
}
