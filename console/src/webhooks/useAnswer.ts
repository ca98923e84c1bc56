import type { ConsoleDeliveryFragment } from '@ledgate/client/documents';
import { useMessages } from '../i18n';

/** What came of an attempt, in words: the status of the answer, or why there was none. */
export function useAnswer(): (delivery: ConsoleDeliveryFragment) => string {
  const { webhooks: words } = useMessages();
  return ({ status, error }) => {
    if (status !== null) return words.status(status);
    return error ? (words.errors[error] ?? error) : '—';
  };
}
