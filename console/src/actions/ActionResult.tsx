import { Button } from '@mantine/core';
import type { CombinedError } from '@urql/core';
import type { Failed, Progress } from '../api/batches';
import { useMessages } from '../i18n';
import { ErrorNote } from '../parts/Notes';
import type { ActionKind } from './kinds';
import type { Target, Targets } from './targets';

interface Props {
  kind: ActionKind;
  targets: Targets;
  progress: Progress<Target>;
  error: CombinedError | undefined;
  onClose: () => void;
}

/** What an action came to, and what could not be done. */
export function ActionResult({ kind, targets, progress, error, onClose }: Props) {
  const { actions, app } = useMessages();
  const left = progress.total - progress.seen;
  return (
    <div className="dialog">
      <p role="status">
        {progress.items > 0
          ? actions.done[kind]({ ...targets, vouchers: progress.items, entries: progress.entries })
          : actions.nothingDone}
        {left > 0 && !error && ` ${actions.stopped(left)}`}
      </p>
      {error && <ErrorNote error={error} />}
      {progress.failed.length > 0 && (
        <>
          <p>{actions.notDone(progress.failed.length)}</p>
          <Faults failed={progress.failed} />
        </>
      )}
      <div className="dialog-buttons">
        <Button onClick={onClose} data-autofocus>
          {app.close}
        </Button>
      </div>
    </div>
  );
}

/** What could not be done, item by item. */
export function Faults({ failed }: { failed: Failed<Target>[] }) {
  const { actions } = useMessages();
  return (
    <div className="faults" tabIndex={0} role="region" aria-label={actions.notDone(failed.length)}>
      <table>
        <thead>
          <tr>
            <th scope="col">{actions.item}</th>
            <th scope="col">{actions.why}</th>
          </tr>
        </thead>
        <tbody>
          {failed.map(({ item, code, message }, place) => (
            <tr key={place}>
              <td>
                <bdi>{item?.id ?? '—'}</bdi>
              </td>
              <td title={`${code}: ${message}`}>{actions.faults[code] ?? message}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
