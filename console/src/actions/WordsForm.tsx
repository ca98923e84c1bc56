import { NativeSelect, TextInput } from '@mantine/core';
import { useMessages } from '../i18n';
import { LongText } from '../parts/LongText';
import { FAILURE_TYPES, type ActionKind, type Words } from './kinds';

const NEEDS_REASON: ActionKind[] = ['fail', 'park', 'unmark'];

/** Whether everything that an action needs has been said. */
export function isComplete(kind: ActionKind, words: Words): boolean {
  if (NEEDS_REASON.includes(kind)) return words.reason.trim() !== '';
  return !words.url.trim() || words.documentId.trim() !== '';
}

interface Props {
  kind: ActionKind;
  words: Words;
  onChange: (words: Words) => void;
}

/** What a person says about an action. */
export function WordsForm({ kind, words, onChange }: Props) {
  const { actions, names } = useMessages();
  const set = (name: keyof Words) => (event: React.ChangeEvent<{ value: string }>) =>
    onChange({ ...words, [name]: event.currentTarget.value });
  if (kind === 'requeue') return null;
  if (kind === 'mark') {
    return (
      <>
        <div className="fields-2">
          <TextInput
            label={actions.documentId}
            description={actions.documentHelp}
            value={words.documentId}
            onChange={set('documentId')}
            maxLength={200}
            required={words.url.trim() !== ''}
            data-autofocus
          />
          <TextInput
            label={actions.url}
            description={actions.urlHelp}
            type="url"
            value={words.url}
            onChange={set('url')}
            maxLength={2000}
          />
        </div>
        <TextInput label={actions.note} description={actions.noteHelp} value={words.note} onChange={set('note')} maxLength={2000} />
      </>
    );
  }
  return (
    <>
      {kind === 'fail' && (
        <div className="fields-2">
          <NativeSelect
            label={actions.type}
            value={words.type}
            onChange={set('type')}
            data={FAILURE_TYPES.map((value) => ({ value, label: names.failures[value] }))}
          />
          <TextInput
            label={actions.retryAt}
            description={actions.retryAtHelp}
            type="datetime-local"
            value={words.retryAt}
            onChange={set('retryAt')}
          />
        </div>
      )}
      <LongText
        label={actions.reason}
        description={actions.reasonHelp}
        value={words.reason}
        onChange={(reason) => onChange({ ...words, reason })}
        isFirst
      />
    </>
  );
}
