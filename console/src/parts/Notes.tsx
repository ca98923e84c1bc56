// What is said instead of content: that there is none, that it is on its way, or what went wrong.
import { Button, Loader } from '@mantine/core';
import type { CombinedError } from '@urql/core';
import { useMessages } from '../i18n';

/** Why there is nothing here. */
export function Empty({ title, children }: { title: string; children?: React.ReactNode }) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {children && <p>{children}</p>}
    </div>
  );
}

/** Something is on its way. It is only said when it takes a moment. */
export function Loading() {
  const { app } = useMessages();
  return (
    <div className="loading" role="status">
      <Loader size="sm" color="gray" aria-hidden />
      <span>{app.loading}</span>
    </div>
  );
}

/** What an error of the API means, and what to do. */
export function useSentence(): (error: CombinedError | Error) => string {
  const { app } = useMessages();
  return (error) => {
    const { networkError, graphQLErrors = [] } = error as Partial<CombinedError>;
    const [first] = graphQLErrors;
    if (!first) return networkError ? app.error.network : error.message;
    const advice = app.error.byCode[String(first.extensions.code)];
    if (!advice) return first.message;
    return advice.endsWith(':') ? `${advice} ${[...new Set(graphQLErrors.map(({ message }) => message))].join(' ')}` : advice;
  };
}

/** What went wrong, and what to do. */
export function ErrorNote({ error, onRetry }: { error: CombinedError | Error; onRetry?: () => void }) {
  const { app } = useMessages();
  const sentence = useSentence();
  const id = (error as Partial<CombinedError>).graphQLErrors?.[0]?.extensions.requestId;
  return (
    <div className="error-note" role="alert">
      <p className="error-title">{app.error.title}</p>
      <p>{sentence(error)}</p>
      {typeof id === 'string' && <p className="quiet">{app.error.requestId(id)}</p>}
      {onRetry && (
        <Button size="xs" variant="default" onClick={onRetry}>
          {app.retry}
        </Button>
      )}
    </div>
  );
}
