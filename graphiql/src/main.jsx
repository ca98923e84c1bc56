import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { GraphiQL } from 'graphiql';
import { useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import 'graphiql/style.css';
import './page.css';
import { tabs } from './tabs.js';

// build.mjs puts the workers' file names in the place of WORKERS.
globalThis.MonacoEnvironment = {
  getWorker: (_, label) => new Worker(new URL(`./${WORKERS[label] ?? WORKERS.editor}`, import.meta.url)),
};

/** Lives as long as the page, and nowhere else. */
let accessToken = '';

async function fetcher(params, { headers } = {}) {
  try {
    const response = await fetch('/graphql', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json',
        ...(accessToken && { authorization: `Bearer ${accessToken}` }),
        ...headers,
      },
      body: JSON.stringify(params),
    });
    return await answer(response);
  } catch (error) {
    return failure(`No answer from /graphql: ${error.message}`);
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

/** With a token the schema can be asked for, and with it comes completion. */
function AccessToken() {
  const { introspect } = useGraphiQLActions();
  const use = (event) => {
    const token = event.target.value.trim();
    if (token === accessToken) return;
    accessToken = token;
    introspect();
  };
  return (
    <input
      type="password"
      className="access-token"
      aria-label="Access token"
      placeholder="Access token"
      title="Sent with every request. It is not kept: close the page and it is gone."
      autoComplete="off"
      onBlur={use}
      onKeyDown={(event) => event.key === 'Enter' && use(event)}
    />
  );
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
      ledgate
    </GraphiQL.Logo>
    <FollowSystemTheme />
  </GraphiQL>,
);
