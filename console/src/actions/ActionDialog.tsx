import { useState } from 'react';
import { Button, Modal, Progress } from '@mantine/core';
import { useMessages } from '../i18n';
import { SumsOf } from '../parts/Amount';
import { notice } from '../parts/notice';
import { ActionResult } from './ActionResult';
import { NO_WORDS, type ActionKind, type Words } from './kinds';
import type { Targets } from './targets';
import { useRun } from './useRun';
import { isComplete, WordsForm } from './WordsForm';

interface Props {
  kind: ActionKind;
  systemId: string;
  systemName: string;
  targets: Targets;
  /** Whether the new version of changed entries is marked. */
  isOfChanged?: boolean;
  /** Whether the system takes vouchers whole. */
  isUnitVoucher: boolean;
  onClose: (isDone: boolean) => void;
}

/** Says what an action will do, in numbers; carries it out; and says what it came to. */
export function ActionDialog({ kind, systemId, systemName, targets, isOfChanged, isUnitVoucher, onClose }: Props) {
  const { actions, app } = useMessages();
  const [words, setWords] = useState<Words>(NO_WORDS);
  const { run, start, stop } = useRun(kind, systemId, targets);
  const title = isOfChanged ? actions.markChanged : actions[kind];
  const will = isOfChanged ? actions.will.markChanged : actions.will[kind];
  const isMany = targets.items.length > 1 || targets.entries > 1;
  const movesTogether = isUnitVoucher && !targets.areVouchers && (kind === 'fail' || kind === 'park' || kind === 'requeue');

  const submit = async (event: React.FormEvent): Promise<void> => {
    event.preventDefault();
    const progress = await start(words);
    if (!progress || progress.failed.length > 0) return;
    notice(actions.done[kind]({ ...targets, vouchers: progress.items, entries: progress.entries }));
    onClose(true);
  };
  const close = (): void => {
    if (run.phase !== 'running') onClose(run.phase === 'over');
  };

  return (
    <Modal
      opened
      onClose={close}
      title={title}
      size="lg"
      closeOnClickOutside={false}
      closeOnEscape={run.phase !== 'running'}
      withCloseButton={run.phase !== 'running'}
      closeButtonProps={{ 'aria-label': app.close }}
    >
      {run.phase === 'asking' && (
        <form className="dialog" onSubmit={(event) => void submit(event)}>
          <p>{will(targets, systemName)}</p>
          {isMany && (
            <p className="dialog-sums">
              <span className="quiet">{actions.sums}</span> <SumsOf sums={targets.sums} />
            </p>
          )}
          {targets.areVouchers && <p className="quiet">{actions.wholeVouchers}</p>}
          {movesTogether && <p className="quiet">{actions.unitVoucher}</p>}
          <WordsForm kind={kind} words={words} onChange={setWords} />
          <div className="dialog-buttons">
            <Button variant="default" onClick={close}>
              {app.cancel}
            </Button>
            <Button type="submit" disabled={!isComplete(kind, words)} data-autofocus={kind === 'requeue' ? true : undefined}>
              {actions.confirm[kind](targets)}
            </Button>
          </div>
        </form>
      )}
      {run.phase === 'running' && (
        <div className="dialog" role="status">
          <Progress value={(run.progress.seen / run.progress.total) * 100} aria-label={title} />
          <p>{run.progress.isWaiting ? actions.waiting : actions.running(run.progress.seen, run.progress.total)}</p>
          <div className="dialog-buttons">
            <Button variant="default" onClick={stop} data-autofocus>
              {app.stop}
            </Button>
          </div>
        </div>
      )}
      {run.phase === 'over' && (
        <ActionResult kind={kind} targets={targets} progress={run.progress} error={run.error} onClose={close} />
      )}
    </Modal>
  );
}
