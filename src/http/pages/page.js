const [form, query, variables, access, token, status, answer] = [
  'request',
  'query',
  'variables',
  'access',
  'token',
  'status',
  'answer',
].map((id) => document.getElementById(id));

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  if (form.ariaBusy === 'true') return;
  form.ariaBusy = 'true';
  show('Asking …', false, '');
  try {
    await ask();
  } catch (error) {
    show('No answer', true, error.message);
  }
  form.ariaBusy = 'false';
});

form.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  form.requestSubmit();
});

async function ask() {
  const request = { query: query.value };
  try {
    if (variables.value.trim()) request.variables = JSON.parse(variables.value);
  } catch (error) {
    show('Not sent: the variables are not JSON', true, error.message);
    return;
  }
  const started = performance.now();
  const response = await fetch('graphql', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json',
      ...(token.value.trim() && { authorization: `Bearer ${token.value.trim()}` }),
    },
    body: JSON.stringify(request),
  });
  const text = await response.text();
  if (response.status === 401) askForToken();
  const summary = `${response.status} ${response.statusText} in ${Math.round(performance.now() - started)} ms`;
  try {
    const { errors = [], ...rest } = JSON.parse(text);
    const faults = errors.length ? `, ${errors.length} ${errors.length === 1 ? 'error' : 'errors'}` : '';
    const body = errors.length ? { errors, ...rest } : rest;
    show(summary + faults, !response.ok || errors.length > 0, JSON.stringify(body, null, 2));
  } catch {
    show(summary, true, text);
  }
}

/** The place for a token is hidden until the server asks for one: where it serves anyone, nobody has to wonder. */
function askForToken() {
  access.hidden = false;
  token.focus();
}

function show(summary, bad, text) {
  status.textContent = summary;
  status.classList.toggle('bad', bad);
  answer.textContent = text;
}
