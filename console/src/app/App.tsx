import { useEffect, useMemo } from 'react';
import { ConsoleViewerDocument } from '@ledgate/client/documents';
import { Provider, useQuery } from 'urql';
import { Route, Router, Switch, useLocation } from 'wouter';
import { accessStore, tokenStore } from '../api/access';
import { createClient } from '../api/client';
import { returnsStore } from '../api/gateway';
import { useStore } from '../api/store';
import { useLast } from '../api/useLast';
import { EntryPage } from '../entry/EntryPage';
import { useMessages } from '../i18n';
import { languageStore } from '../i18n/locale';
import { ImportPage } from '../imports/ImportPage';
import { LedgerPage } from '../system/LedgerPage';
import { SystemPage } from '../system/SystemPage';
import { Empty, ErrorNote, Loading } from '../parts/Notes';
import { useHashPath } from '../route';
import { SettingsPage } from '../settings/SettingsPage';
import { SystemsPage } from '../systems/SystemsPage';
import { AccessToken } from './AccessToken';
import { Away } from './Away';
import { Header } from './Header';
import { Notice } from './Notice';
import { ViewerContext } from './viewer';

/** The console. With another token everything is asked anew. */
export function App() {
  const token = useStore(tokenStore);
  const language = useStore(languageStore);
  const client = useMemo(() => createClient(), [token]);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  return (
    <Provider value={client}>
      <Router hook={useHashPath}>
        <Frame key={token} />
      </Router>
    </Provider>
  );
}

function Frame() {
  const access = useStore(accessStore);
  const returns = useStore(returnsStore);
  const [{ data, error, fetching }, ask] = useQuery({ query: ConsoleViewerDocument });
  useEffect(() => {
    if (returns > 0) ask({ requestPolicy: 'network-only' });
  }, [returns, ask]);
  const isLocked = access === 'wanted' || access === 'refused';
  const viewer = useLast(data?.viewer, 'viewer');
  return (
    <ViewerContext value={isLocked ? undefined : viewer}>
      <Header />
      <Away />
      {isLocked && <AccessToken />}
      {!isLocked && viewer && <Views />}
      {!isLocked && !viewer && (
        <main id="content" tabIndex={-1} className="page">
          {fetching || !error ? <Loading /> : <ErrorNote error={error} onRetry={() => ask({ requestPolicy: 'network-only' })} />}
        </main>
      )}
      <Notice />
    </ViewerContext>
  );
}

function Views() {
  const { app } = useMessages();
  const [path] = useLocation();
  useEffect(() => {
    window.scrollTo(0, 0);
  }, [path]);
  return (
    <main id="content" tabIndex={-1}>
      <Switch>
        <Route path="/">
          <SystemsPage />
        </Route>
        <Route path="/systems/:systemId/:tab?">
          {({ systemId, tab }) => <SystemPage key={systemId} systemId={decodeURIComponent(systemId)} tab={tab ?? 'waiting'} />}
        </Route>
        <Route path="/ledger">
          <LedgerPage />
        </Route>
        <Route path="/entries/:entryId">
          {({ entryId }) => <EntryPage key={entryId} entryId={decodeURIComponent(entryId)} />}
        </Route>
        <Route path="/import">
          <ImportPage />
        </Route>
        <Route path="/settings">
          <SettingsPage />
        </Route>
        <Route>
          <div className="page">
            <Empty title={app.notFound}>
              <a href="#/">{app.toSystems}</a>
            </Empty>
          </div>
        </Route>
      </Switch>
    </main>
  );
}
