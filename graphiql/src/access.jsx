// The access token, for servers that ask for one. A server that serves anyone never refuses a request for want of a
// token, so that there is nothing to see of this.
import { useGraphiQLActions } from '@graphiql/react';
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { createPortal } from 'react-dom';

/** Lives as long as the page, and nowhere else. */
let token = '';

/** 'unasked', 'wanted' (the server refused a request without a token), 'refused' (it refused the token), 'accepted'. */
let state = 'unasked';
const listeners = new Set();

function become(next) {
  state = next;
  listeners.forEach((listener) => listener());
}

function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The header that goes with every request. */
export function authorization() {
  return token && { authorization: `Bearer ${token}` };
}

/** Learns from the status of an answer. Whether the token is valid is asked before anything else. */
export function learnFrom(status) {
  if (status === 401) become(token ? 'refused' : 'wanted');
  else if (token && status < 500) become('accepted');
}

const WORDS = {
  wanted: 'This server asks for an access token:',
  refused: 'Refused: mistyped, expired or revoked. Another access token:',
  accepted: 'Access token, accepted:',
};

/** A line above GraphiQL, once the server has asked for a token. It stays, so that nothing moves under the mouse. */
export function AccessToken() {
  const { introspect } = useGraphiQLActions();
  const input = useRef(null);
  const now = useSyncExternalStore(subscribe, () => state);
  useEffect(() => {
    document.body.dataset.access = now;
    if (now === 'wanted') input.current?.focus();
  }, [now]);
  if (now === 'unasked') return null;
  // With a token the schema can be asked for, and with it come completion and documentation.
  const use = () => {
    const entered = input.current.value.trim();
    if (entered === token) return;
    token = entered;
    introspect();
  };
  const submit = (event) => {
    event.preventDefault();
    use();
  };
  return createPortal(
    <form className="access" onSubmit={submit}>
      <label htmlFor="access-token" role="status">
        {WORDS[now]}
      </label>
      <input id="access-token" ref={input} type="password" autoComplete="off" placeholder="lgt_…" onBlur={use} />
      <button type="submit">Use it</button>
      <small>
        <code>ledgate token create</code> makes one. Closing the page forgets it.
      </small>
    </form>,
    document.getElementById('access'),
  );
}
