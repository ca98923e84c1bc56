import { useState } from 'react';
import { ConsoleImportsDocument, type ConsoleImportsQuery } from '@ledgate/client/documents';
import { askFor } from '../api/ask';
import { pageOf, usePages } from '../api/pages';
import { useReloadOn } from '../api/useReloadOn';
import { useFormats, useMessages } from '../i18n';
import { Fold } from '../parts/Fold';
import { Empty } from '../parts/Notes';
import { PagedCards } from '../system/PagedCards';
import type { ImportSummary } from './send';
import { Summary } from './Summary';

type Import = NonNullable<ConsoleImportsQuery['imports']>['nodes'][number];

/** The imports so far, the newest first. */
export function History({ refreshed }: { refreshed: number }) {
  const { imports: words } = useMessages();
  const pages = usePages<Import>('imports', async (client, { after }) =>
    pageOf((await askFor(client, ConsoleImportsDocument, { after })).imports),
  );
  useReloadOn(refreshed, pages.reload);
  return (
    <section aria-labelledby="history">
      <h2 id="history">{words.history}</h2>
      <PagedCards pages={pages} empty={<Empty title={words.none}>{words.noneHelp}</Empty>}>
        {(one) => <ImportCard key={one.id} one={one} />}
      </PagedCards>
    </section>
  );
}

function ImportCard({ one }: { one: Import }) {
  const { imports: words, lists } = useMessages();
  const formats = useFormats();
  const [isOpen, setOpen] = useState(false);
  const summary = one.summary as ImportSummary | null;
  const name = one.files.map((file) => file.name).join(', ');
  return (
    <li className="card-row">
      <div className="card-head">
        <Fold
          isOpen={isOpen}
          label={`${words.summary}: ${name.slice(0, 80)}`}
          isDisabled={!summary}
          onClick={() => setOpen(!isOpen)}
        />
        <bdi className="card-title clip" title={name}>
          {name}
        </bdi>
        <span className="quiet">{summary ? lists.matching(formats.number(summary.read), summary.read === 1) : words.unfinished}</span>
        <span className="quiet">
          {formats.moment(one.at)} <bdi>{lists.conflict.by(one.by)}</bdi>
        </span>
      </div>
      {isOpen && summary && <Summary summary={summary} />}
    </li>
  );
}
