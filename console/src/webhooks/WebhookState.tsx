import type { ConsoleWebhookFragment } from '@ledgate/client/documents';
import { useFormats, useMessages } from '../i18n';
import { useNow } from '../parts/When';

/** Why a webhook is not in order, and what becomes of what it is not told. Nothing where it is in order. */
export function WebhookState({ webhook }: { webhook: ConsoleWebhookFragment }) {
  const { webhooks: words } = useMessages();
  const formats = useFormats();
  const now = useNow();
  const { switchedOffAt, switchedOffBecause, failingSince, nextAttemptAt, previousSecretValidUntil } = webhook;
  const isPreviousValid = previousSecretValidUntil !== null && new Date(previousSecretValidUntil).getTime() > now;
  return (
    <>
      {switchedOffAt && (
        <p>
          {words.offSince(formats.moment(switchedOffAt))}{' '}
          {switchedOffBecause && words.offBecause[switchedOffBecause]} {words.nothingLost}
        </p>
      )}
      {!switchedOffAt && failingSince && (
        <p>
          {words.failingSince(formats.moment(failingSince), webhook.failedAttempts)}{' '}
          {nextAttemptAt && words.nextAttempt(formats.relative(nextAttemptAt, now))}
        </p>
      )}
      {isPreviousValid && <p className="quiet">{words.previousSecret(formats.moment(previousSecretValidUntil))}</p>}
    </>
  );
}
