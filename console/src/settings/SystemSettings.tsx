import { useState } from 'react';
import { Button, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { ConsoleConfigureDocument, type ConsoleSystemFragment, type ExportUnit } from '@ledgate/client/documents';
import type { CombinedError } from '@urql/core';
import { useClient } from 'urql';
import { change } from '../api/ask';
import { newKey, type UserFault } from '../api/batches';
import { useMessages } from '../i18n';
import { ErrorNote } from '../parts/Notes';
import { notice } from '../parts/notice';

/** How a system is treated. */
export function SystemSettings({ system, onSaved }: { system: ConsoleSystemFragment; onSaved: () => void }) {
  const { names, settings: words } = useMessages();
  const client = useClient();
  const [form, setForm] = useState({
    displayName: system.displayName ?? '',
    description: system.description ?? '',
    unit: system.unit as ExportUnit,
    maxAttempts: String(system.maxAttempts),
    firstRetrySeconds: String(system.firstRetrySeconds),
    longestRetrySeconds: String(system.longestRetrySeconds),
  });
  const [faults, setFaults] = useState<UserFault[]>([]);
  const [error, setError] = useState<CombinedError>();
  const [isSaving, setSaving] = useState(false);
  type Name = keyof typeof form;
  const bind = (name: Name) => ({
    value: form[name],
    onChange: (event: React.ChangeEvent<{ value: string }>) => setForm({ ...form, [name]: event.currentTarget.value }),
    error: faults.find(({ field }) => field?.includes(name))?.message,
  });
  const number = (name: Name) => ({ ...bind(name), type: 'number', min: 1, required: true, inputMode: 'numeric' as const });

  const submit = async (event: React.FormEvent): Promise<void> => {
    event.preventDefault();
    setSaving(true);
    setError(undefined);
    try {
      const input = {
        systemId: system.systemId,
        displayName: form.displayName.trim() || null,
        description: form.description.trim() || null,
        unit: form.unit,
        maxAttempts: Number(form.maxAttempts),
        firstRetrySeconds: Number(form.firstRetrySeconds),
        longestRetrySeconds: Number(form.longestRetrySeconds),
        idempotencyKey: newKey(),
      };
      const done = (await change(client, ConsoleConfigureDocument, { input })).configureExportSystem;
      setFaults(done?.userErrors ?? []);
      if (done?.system) {
        notice(words.saved);
        onSaved();
      }
    } catch (caught) {
      setError(caught as CombinedError);
    }
    setSaving(false);
  };
  const unplaced = faults.filter(({ field }) => !field?.some((step) => step in form));
  return (
    <form className="panel settings-form" onSubmit={(event) => void submit(event)}>
      <TextInput label={words.displayName} description={words.displayNameHelp} maxLength={200} {...bind('displayName')} />
      <Textarea label={words.description} maxLength={2000} autosize minRows={2} {...bind('description')} />
      <NativeSelect
        label={words.unit}
        description={words.unitHelp}
        data={(['VOUCHER', 'ENTRY'] as const).map((value) => ({ value, label: names.units[value] }))}
        {...bind('unit')}
      />
      <div className="fields-3">
        <TextInput label={words.maxAttempts} description={words.maxAttemptsHelp} {...number('maxAttempts')} />
        <TextInput label={words.firstRetry} description={words.firstRetryHelp} {...number('firstRetrySeconds')} />
        <TextInput label={words.longestRetry} description={words.longestRetryHelp} {...number('longestRetrySeconds')} />
      </div>
      {unplaced.map(({ message }, place) => (
        <p key={place} className="error-note" role="alert">
          {message}
        </p>
      ))}
      {error && <ErrorNote error={error} />}
      <div className="dialog-buttons">
        <Button type="submit" loading={isSaving}>
          {words.save}
        </Button>
      </div>
    </form>
  );
}
