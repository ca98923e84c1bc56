import { Checkbox, TextInput } from '@mantine/core';
import { useMessages } from '../i18n';
import type { ImportOptions } from './send';

/** How to import. */
export function Options({ options, onChange }: { options: ImportOptions; onChange: (options: ImportOptions) => void }) {
  const { imports: words } = useMessages();
  const flag = (name: 'strict' | 'withdrawMissing' | 'sameCompany') => (
    <Checkbox
      size="xs"
      label={words[name]}
      checked={options[name]}
      onChange={(event) => onChange({ ...options, [name]: event.currentTarget.checked })}
    />
  );
  return (
    <fieldset className="options">
      <legend>{words.options}</legend>
      {flag('strict')}
      {flag('withdrawMissing')}
      {flag('sameCompany')}
      <TextInput
        className="currency-input"
        size="xs"
        label={words.currency}
        description={words.currencyHelp}
        placeholder="EUR"
        maxLength={3}
        value={options.currency}
        onChange={(event) => onChange({ ...options, currency: event.currentTarget.value.trim().toUpperCase() })}
      />
    </fieldset>
  );
}
