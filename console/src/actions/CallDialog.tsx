// A dialog for one call: what it will do, a form, and what it came to.
import { useState } from 'react';
import { Button, Modal } from '@mantine/core';
import type { CombinedError } from '@urql/core';
import type { UserFault } from '../api/batches';
import { useMessages } from '../i18n';
import { ErrorNote } from '../parts/Notes';
import { notice } from '../parts/notice';

interface Props {
  title: string;
  will: string;
  confirm: string;
  /** The form. It may ask what was refused of one of its `fields`, to say it there. */
  children?: React.ReactNode | ((faultOf: (field: string) => string | undefined) => React.ReactNode);
  fields?: string[];
  isComplete?: boolean;
  /** Carries it out, and gives what to say, or what was refused. */
  act: () => Promise<{ said: string; faults: UserFault[] }>;
  onClose: (isDone: boolean) => void;
}

export function CallDialog({ title, will, confirm, children, fields = [], isComplete = true, act, onClose }: Props) {
  const { actions, app } = useMessages();
  const [isRunning, setRunning] = useState(false);
  const [faults, setFaults] = useState<UserFault[]>([]);
  const [error, setError] = useState<CombinedError>();
  const submit = async (event: React.FormEvent): Promise<void> => {
    event.preventDefault();
    setRunning(true);
    setError(undefined);
    try {
      const result = await act();
      setFaults(result.faults);
      if (result.faults.length === 0) {
        notice(result.said);
        onClose(true);
      }
    } catch (caught) {
      setError(caught as CombinedError);
    }
    setRunning(false);
  };
  const sentence = ({ code, message }: UserFault): string => actions.faults[code] ?? message;
  const faultOf = (name: string): string | undefined => {
    const found = faults.find(({ field }) => field?.includes(name));
    return found && sentence(found);
  };
  const unplaced = faults.filter(({ field }) => !fields.some((name) => field?.includes(name)));
  return (
    <Modal
      opened
      onClose={() => onClose(false)}
      title={title}
      size="lg"
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': app.close }}
    >
      <form className="dialog" onSubmit={(event) => void submit(event)}>
        <p>{will}</p>
        {typeof children === 'function' ? children(faultOf) : children}
        {faults.length > 0 && (
          <div className="error-note" role="alert">
            <p className="error-title">{actions.nothingDone}</p>
            {unplaced.map((fault, place) => (
              <p key={place}>{sentence(fault)}</p>
            ))}
          </div>
        )}
        {error && <ErrorNote error={error} />}
        <div className="dialog-buttons">
          <Button variant="default" onClick={() => onClose(false)}>
            {app.cancel}
          </Button>
          <Button type="submit" loading={isRunning} disabled={!isComplete}>
            {confirm}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
