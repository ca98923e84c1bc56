import { useState } from 'react';
import { TextInput } from '@mantine/core';
import { ConsoleConfigureDocument } from '@ledgate/client/documents';
import { useClient } from 'urql';
import { useLocation } from 'wouter';
import { CallDialog } from '../actions/CallDialog';
import { change } from '../api/ask';
import { newKey } from '../api/batches';
import { useMessages } from '../i18n';
import { systemAddress } from '../route';

const SYSTEM_ID = /^[A-Za-z0-9._:-]{1,64}$/;

/** Makes a system known before its first mark. */
export function AddSystem({ onClose }: { onClose: (isDone: boolean) => void }) {
  const { settings, systems } = useMessages();
  const client = useClient();
  const [, navigate] = useLocation();
  const [systemId, setSystemId] = useState('');
  const [displayName, setDisplayName] = useState('');
  const act = async () => {
    const input = { systemId, displayName: displayName.trim() || undefined, idempotencyKey: newKey() };
    const done = (await change(client, ConsoleConfigureDocument, { input })).configureExportSystem;
    const faults = done?.userErrors ?? [];
    if (faults.length === 0) navigate(systemAddress(systemId, 'settings'));
    return { said: settings.saved, faults };
  };
  return (
    <CallDialog
      title={systems.addTitle}
      will={systems.addHelp}
      confirm={systems.add}
      isComplete={SYSTEM_ID.test(systemId)}
      act={act}
      onClose={onClose}
    >
      <TextInput
        label={systems.id}
        description={systems.idHelp}
        value={systemId}
        onChange={(event) => setSystemId(event.currentTarget.value.trim())}
        error={systemId !== '' && !SYSTEM_ID.test(systemId) ? systems.idHelp : undefined}
        maxLength={64}
        required
        data-autofocus
      />
      <TextInput
        label={settings.displayName}
        description={settings.displayNameHelp}
        value={displayName}
        onChange={(event) => setDisplayName(event.currentTarget.value)}
        maxLength={200}
      />
    </CallDialog>
  );
}
