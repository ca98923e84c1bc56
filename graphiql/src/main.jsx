import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { GraphiQL } from 'graphiql';
import { getOperationAST, parse } from 'graphql';
import { createClient } from 'graphql-ws';
import { useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import 'graphiql/style.css';
import './page.css';
import { AccessToken, authorization, learnFrom } from './access.jsx';
import { tabs } from './tabs.js';

// build.mjs puts the workers' file names in the place of WORKERS.
globalThis.MonacoEnvironment = {
  getWorker: (_, label) => new Worker(new URL(`./${WORKERS[label] ?? WORKERS.editor}`, import.meta.url)),
};

// Relative to the page, which may stand under a prefix behind a proxy.
const endpoint = 'graphql';

const socket = createClient({
  url: () => {
    const url = new URL(endpoint, document.baseURI);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    return url.href;
  },
  connectionParams: () => authorization() || undefined,
});

function isSubscription({ query, operationName }) {
  try {
    return getOperationAST(parse(query), operationName)?.operation === 'subscription';
  } catch {
    // The server tells what is wrong with the document.
    return false;
  }
}

async function fetcher(params, { headers } = {}) {
  if (isSubscription(params)) return socket.iterate(params);
  try {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json',
        ...authorization(),
        ...headers,
      },
      body: JSON.stringify(params),
    });
    learnFrom(response.status);
    return await answer(response);
  } catch (error) {
    return failure(`No answer from ${new URL(endpoint, document.baseURI)}: ${error.message}`);
  }
}

async function answer(response) {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    return failure(`Not an answer to a query: ${response.status} ${response.statusText} ${text}`.trim());
  }
}

/** In the shape of a GraphQL answer: what is thrown instead, GraphiQL shows with its call stack. */
function failure(message) {
  return { errors: [{ message }] };
}

// GraphiQL's history stores the headers of every request whatever `shouldPersistHeaders` says.
// They can hold a password or a token: it must not stay in the browser.
const storage = {
  getItem: (key) => localStorage.getItem(key),
  removeItem: (key) => localStorage.removeItem(key),
  clear: () => localStorage.clear(),
  get length() {
    return localStorage.length;
  },
  setItem(key, value) {
    if (/:(queries|favorites)$/.test(key)) {
      value = JSON.stringify(JSON.parse(value, (name, part) => (name === 'headers' ? undefined : part)));
    }
    localStorage.setItem(key, value);
  },
};

/** The page follows the system's colours by itself, the editors only when they are told. */
function FollowSystemTheme() {
  const theme = useGraphiQL((state) => state.theme);
  const { setTheme } = useGraphiQLActions();
  useEffect(() => {
    if (theme !== null) return undefined;
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const follow = () => setTheme(null);
    dark.addEventListener('change', follow);
    return () => dark.removeEventListener('change', follow);
  }, [theme, setTheme]);
  return null;
}

/** Long lines go on in the next one: beside the documentation an editor is narrow, and its end would be cut. */
function WrapLines() {
  const queryEditor = useGraphiQL((state) => state.queryEditor);
  const variableEditor = useGraphiQL((state) => state.variableEditor);
  useEffect(() => {
    [queryEditor, variableEditor].forEach((editor) => editor?.updateOptions({ wordWrap: 'on' }));
  }, [queryEditor, variableEditor]);
  return null;
}

createRoot(document.getElementById('graphiql')).render(
  <GraphiQL
    fetcher={fetcher}
    storage={storage}
    defaultTabs={tabs}
    defaultEditorToolsVisibility="variables"
    shouldPersistHeaders={false}
    inputValueDeprecation
    schemaDescription
  >
    <GraphiQL.Logo>
      <AccessToken />
      <a href="./">ledgate</a>
      <a href="licences" className="licences">
        Licences
      </a>
    </GraphiQL.Logo>
    <FollowSystemTheme />
    <WrapLines />
  </GraphiQL>,
);
