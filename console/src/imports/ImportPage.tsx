import { useEffect, useRef, useState } from 'react';
import { Button, Progress } from '@mantine/core';
import { useMessages } from '../i18n';
import { ErrorNote } from '../parts/Notes';
import { useTitle } from '../parts/useTitle';
import { DropZone } from './DropZone';
import { History } from './History';
import { ImportProblem, sendFiles, type ImportOptions, type ImportSummary } from './send';
import { size } from './size';
import { Summary } from './Summary';
import { Options } from './Options';

type Step =
  | { phase: 'choosing' }
  | { phase: 'sending'; isDryRun: boolean; sent: number; total: number }
  | { phase: 'done'; isDryRun: boolean; summary: ImportSummary };

const NO_OPTIONS: ImportOptions = { strict: false, withdrawMissing: false, sameCompany: false, currency: '' };

/** Files are chosen, checked, and then loaded. */
export function ImportPage() {
  const { app, imports: words } = useMessages();
  useTitle(words.title);
  const [files, setFiles] = useState<File[]>([]);
  const [options, setOptions] = useState(NO_OPTIONS);
  const [step, setStep] = useState<Step>({ phase: 'choosing' });
  const [error, setError] = useState<Error>();
  const [loaded, setLoaded] = useState(0);
  const stopper = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => stopper.current?.abort(), []);

  const send = async (isDryRun: boolean): Promise<void> => {
    const controller = new AbortController();
    stopper.current = controller;
    const total = files.reduce((sum, file) => sum + file.size, 0);
    setError(undefined);
    setStep({ phase: 'sending', isDryRun, sent: 0, total });
    try {
      const tell = (sent: number, all: number): void => setStep({ phase: 'sending', isDryRun, sent, total: all });
      const summary = await sendFiles(files, options, isDryRun, tell, controller.signal);
      setStep({ phase: 'done', isDryRun, summary });
      if (!isDryRun) setLoaded((count) => count + 1);
    } catch (caught) {
      setStep({ phase: 'choosing' });
      if (!(caught instanceof DOMException)) {
        setError(caught instanceof ImportProblem ? caught : new Error(app.error.network));
      }
    }
  };
  const again = (): void => {
    setFiles([]);
    setStep({ phase: 'choosing' });
  };

  return (
    <div className="page import-page">
      <div className="page-head">
        <div>
          <h1>{words.title}</h1>
          <p className="quiet">{words.lead}</p>
        </div>
      </div>
      {error && <ErrorNote error={error} />}
      {step.phase === 'choosing' && (
        <section className="panel">
          <DropZone files={files} onChange={setFiles} />
          <Options options={options} onChange={setOptions} />
          <div className="dialog-buttons">
            <Button disabled={files.length === 0} onClick={() => void send(true)}>
              {words.check}
            </Button>
          </div>
        </section>
      )}
      {step.phase === 'sending' && (
        <section className="panel" role="status">
          <h2>{step.isDryRun ? words.checking : words.loading}</h2>
          <Progress
            value={step.total ? (step.sent / step.total) * 100 : 0}
            animated={step.sent >= step.total}
            aria-label={step.isDryRun ? words.checking : words.loading}
          />
          <p className="quiet">
            {step.sent >= step.total && step.total > 0 ? words.reading : words.sending(size(step.sent), size(step.total))}
          </p>
          <div className="dialog-buttons">
            <Button variant="default" onClick={() => stopper.current?.abort()}>
              {app.stop}
            </Button>
          </div>
        </section>
      )}
      {step.phase === 'done' && (
        <section className="panel">
          <h2>{step.isDryRun ? words.would : words.did}</h2>
          <Summary summary={step.summary} isDryRun={step.isDryRun} />
          <div className="dialog-buttons">
            <Button variant="default" onClick={again}>
              {step.isDryRun ? app.cancel : words.again}
            </Button>
            {step.isDryRun && (
              <Button onClick={() => void send(false)} disabled={step.summary.read === 0}>
                {words.load}
              </Button>
            )}
          </div>
        </section>
      )}
      <History refreshed={loaded} />
    </div>
  );
}
