import { useRef, useState } from 'react';
import { Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { ConsoleCreateWebhookDocument, type WebhookKind } from '@ledgate/client/documents';
import { useClient } from 'urql';
import { CallDialog } from '../actions/CallDialog';
import { change } from '../api/ask';
import { newKey } from '../api/batches';
import { useViewer } from '../app/viewer';
import { useMessages } from '../i18n';
import { useSystems } from '../systems/useSystems';

const KINDS: WebhookKind[] = [
  'READY',
  'FAILED',
  'PARKED',
  'CONFLICT',
  'CHANGED',
  'EXPORTED',
  'UNMARKED',
  'REQUEUED',
  'CLAIMED',
  'REPLAYED',
];

interface Props {
  /** Given the secret when it is made. */
  onClose: (isDone: boolean, secret?: string) => void;
}

/** Makes a webhook. */
export function CreateWebhook({ onClose }: Props) {
  const { webhooks: words } = useMessages();
  const client = useClient();
  const viewer = useViewer();
  const { systems } = useSystems();
  // A token that is for some systems only makes webhooks for one of them.
  const mayForAll = viewer?.systems === null;
  const [url, setUrl] = useState('https://');
  const [chosen, setChosen] = useState<string>();
  const [kinds, setKinds] = useState<string[]>(['READY', 'FAILED', 'PARKED', 'CONFLICT']);
  const [description, setDescription] = useState('');
  const secret = useRef<string>(undefined);
  const systemId = chosen ?? (mayForAll ? '' : (systems[0]?.systemId ?? ''));
  const act = async () => {
    const input = {
      url: url.trim(),
      systemId: systemId || undefined,
      kinds: kinds as WebhookKind[],
      description: description.trim() || undefined,
      idempotencyKey: newKey(),
    };
    const done = (await change(client, ConsoleCreateWebhookDocument, { input })).createWebhook;
    secret.current = done?.secret ?? undefined;
    return { said: words.done.create, faults: done?.userErrors ?? [] };
  };
  return (
    <CallDialog
      title={words.create}
      will={words.will.create}
      confirm={words.create}
      isComplete={/^https?:\/\/./.test(url.trim()) && kinds.length > 0}
      fields={['url', 'systemId', 'kinds', 'description']}
      act={act}
      onClose={(isDone) => onClose(isDone, secret.current)}
    >
      {(faultOf) => (
        <>
          <TextInput
            label={words.url}
            description={words.urlHelp}
            inputMode="url"
            value={url}
            onChange={(event) => setUrl(event.currentTarget.value)}
            error={faultOf('url')}
            maxLength={2000}
            required
            data-autofocus
          />
          <NativeSelect
            label={words.system}
            value={systemId}
            onChange={(event) => setChosen(event.currentTarget.value)}
            error={faultOf('systemId')}
            data={[
              ...(mayForAll ? [{ value: '', label: words.allSystems }] : []),
              ...systems.map((one) => ({ value: one.systemId, label: one.displayName ?? one.systemId })),
            ]}
          />
          <Checkbox.Group
            label={words.kinds}
            description={words.kindsHelp}
            value={kinds}
            onChange={setKinds}
            error={faultOf('kinds')}
          >
            <div className="webhook-kinds">
              {KINDS.map((kind) => (
                <Checkbox key={kind} size="xs" value={kind} label={words.kindNames[kind]} />
              ))}
            </div>
          </Checkbox.Group>
          <TextInput
            label={words.description}
            value={description}
            onChange={(event) => setDescription(event.currentTarget.value)}
            error={faultOf('description')}
            maxLength={2000}
          />
        </>
      )}
    </CallDialog>
  );
}
