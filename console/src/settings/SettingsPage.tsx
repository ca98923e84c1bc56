import type { AccessRight } from '@ledgate/client/documents';
import { IconCheck, IconMinus } from '@tabler/icons-react';
import { Link } from 'wouter';
import { useMay, useViewer } from '../app/viewer';
import { useMessages } from '../i18n';
import { Fact } from '../parts/Fact';
import { useTitle } from '../parts/useTitle';
import { systemAddress } from '../route';
import { useSystems } from '../systems/useSystems';
import { Webhooks } from '../webhooks/Webhooks';
import { Tokens } from './Tokens';

const RIGHTS: AccessRight[] = ['READ', 'EXPORT', 'MARK', 'UNMARK', 'MANAGE', 'RECORD', 'ADMIN'];

/** Who looks at the page and what they may do, how tokens are made, webhooks, and the way to the settings of the systems. */
export function SettingsPage() {
  const { names, settings: words } = useMessages();
  const viewer = useViewer();
  useTitle(words.title);
  const may = useMay();
  if (!viewer) return null;
  return (
    <div className="page">
      <div className="page-head">
        <h1>{words.title}</h1>
      </div>
      <section className="panel" aria-labelledby="viewer">
        <h2 id="viewer">{words.viewer}</h2>
        <dl className="field-list">
          <Fact name={words.name}>
            <bdi>{viewer.name === 'anonymous' ? words.anonymous : viewer.name}</bdi>
          </Fact>
          <Fact name={words.ledger}>
            <bdi>{viewer.ledger}</bdi>
          </Fact>
          <Fact name={words.forSystems}>
            <bdi>{viewer.systems?.join(', ') ?? words.allSystems}</bdi>
          </Fact>
        </dl>
        <h3>{words.rights}</h3>
        <ul className="rights">
          {RIGHTS.map((right) => (
            <li key={right} data-may={may(right) || undefined}>
              {may(right) ? (
                <IconCheck size={15} aria-label={words.may} role="img" />
              ) : (
                <IconMinus size={15} aria-label={words.mayNot} role="img" />
              )}
              <code>{right}</code>
              <span>{names.rights[right]}</span>
            </li>
          ))}
        </ul>
      </section>
      <Tokens />
      <Webhooks />
      {may('ADMIN') && <SystemLinks />}
    </div>
  );
}

function SystemLinks() {
  const { settings: words } = useMessages();
  const { systems } = useSystems();
  return (
    <section className="panel" aria-labelledby="systems">
      <h2 id="systems">{words.systems}</h2>
      <p className="quiet">{words.systemsHelp}</p>
      <ul className="links">
        {systems.map(({ systemId, displayName }) => (
          <li key={systemId}>
            <Link to={systemAddress(systemId, 'settings')}>
              <bdi>{words.edit(displayName ?? systemId)}</bdi>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
