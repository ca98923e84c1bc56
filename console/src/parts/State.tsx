import type { ExportState, FailureType } from '@ledgate/client/documents';
import { useMessages } from '../i18n';

/** A state as a small coloured word. */
export function State({ state }: { state: ExportState }) {
  const { names } = useMessages();
  return (
    <span className="badge" data-tone={state.toLowerCase()}>
      {names.states[state] ?? state}
    </span>
  );
}

/** The type of a failure. */
export function Failure({ type }: { type: FailureType }) {
  const { names } = useMessages();
  return (
    <span className="badge" data-tone="failed">
      {names.failures[type] ?? type}
    </span>
  );
}

/** Any other short word that deserves a colour. */
export function Badge({ tone, title, children }: { tone: string; title?: string; children: React.ReactNode }) {
  return (
    <span className="badge" data-tone={tone} title={title}>
      {children}
    </span>
  );
}
