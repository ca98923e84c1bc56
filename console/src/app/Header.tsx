import { IconBrandGraphql } from '@tabler/icons-react';
import { Link, useLocation } from 'wouter';
import { addressOf } from '../api/base';
import { useMessages } from '../i18n';
import { Preferences } from './Preferences';
import { useMay, useViewer } from './viewer';

/** From everywhere to everywhere. */
export function Header() {
  const { app } = useMessages();
  const [path] = useLocation();
  const viewer = useViewer();
  const may = useMay();
  const views = [
    { to: '/', label: app.systems, isHere: path === '/' || path.startsWith('/systems') },
    ...(may('READ') ? [{ to: '/ledger', label: app.ledger, isHere: path === '/ledger' || path.startsWith('/entries') }] : []),
    ...(may('RECORD') ? [{ to: '/import', label: app.imports, isHere: path === '/import' }] : []),
    { to: '/settings', label: app.settings, isHere: path === '/settings' },
  ];
  return (
    <header className="header">
      <a className="skip" href="#content" onClick={skip}>
        {app.skip}
      </a>
      <Link to="/" className="brand" aria-label={`${app.title}: ${app.systems}`}>
        <svg viewBox="0 0 16 16" width="22" height="22" aria-hidden>
          <rect width="16" height="16" rx="3.5" fill="var(--accent-solid)" />
          <path d="M4 5h8M4 8h8M4 11h4m2 0 1.2 1.2L14 9" fill="none" stroke="#fff" strokeWidth="1.4" />
        </svg>
        <span>{app.title}</span>
      </Link>
      {viewer && viewer.ledger !== 'main' && <span className="ledger-name">{app.ledgerName(viewer.ledger)}</span>}
      <nav className="nav" aria-label={app.nav}>
        {views.map(({ to, label, isHere }) => (
          <Link key={to} to={to} aria-current={isHere ? 'page' : undefined}>
            {label}
          </Link>
        ))}
      </nav>
      <a className="graphiql" href={addressOf('graphiql')} title={app.graphiqlHint}>
        <IconBrandGraphql size={18} stroke={1.5} aria-hidden />
        <span>{app.graphiql}</span>
      </a>
      <Preferences />
    </header>
  );
}

/** The address holds the view, so the way to the content is not a link into it. */
function skip(event: React.MouseEvent): void {
  event.preventDefault();
  document.getElementById('content')?.focus();
}
