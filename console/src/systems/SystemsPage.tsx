import { useState } from 'react';
import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useMay } from '../app/viewer';
import { useMessages } from '../i18n';
import { Empty, ErrorNote, Loading } from '../parts/Notes';
import { useTitle } from '../parts/useTitle';
import { AddSystem } from './AddSystem';
import { SystemRow } from './SystemRow';
import { useSystems } from './useSystems';

/** A row for each system: what waits, what failed, who works on it. */
export function SystemsPage() {
  const { app, systems: words } = useMessages();
  const may = useMay();
  useTitle(words.title);
  const { systems, isLoaded, error, refresh, more } = useSystems();
  const [isAdding, setAdding] = useState(false);
  return (
    <div className="page">
      <div className="page-head">
        <div>
          <h1>{words.title}</h1>
          <p className="quiet">{words.lead}</p>
        </div>
        {may('ADMIN') && (
          <Button variant="default" size="xs" leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setAdding(true)}>
            {words.add}
          </Button>
        )}
      </div>
      {error && <ErrorNote error={error} onRetry={refresh} />}
      {!error && !isLoaded && <Loading />}
      {isLoaded && systems.length === 0 && <Empty title={words.empty}>{words.emptyHelp}</Empty>}
      {systems.length > 0 && (
        <div className="systems" role="table" aria-label={words.title}>
          <div role="rowgroup">
            <div className="system-row systems-head" role="row">
              {[
                words.name,
                words.waiting,
                words.oldest,
                words.failed,
                words.parked,
                words.inWork,
                words.changed,
                words.conflicts,
                words.lastMark,
              ].map((name) => (
                <span key={name} role="columnheader">
                  {name}
                </span>
              ))}
            </div>
          </div>
          <div role="rowgroup">
            {systems.map((system) => (
              <SystemRow key={system.id} system={system} />
            ))}
          </div>
        </div>
      )}
      {more && (
        <Button variant="default" size="xs" onClick={more}>
          {app.more}
        </Button>
      )}
      {isAdding && (
        <AddSystem
          onClose={(isDone) => {
            setAdding(false);
            if (isDone) refresh();
          }}
        />
      )}
    </div>
  );
}
