// How the GraphiQL page talks to /graphql: queries and mutations by HTTP, subscriptions by
// graphql-transport-ws. Bundled by explorer/; the page that uses a CDN loads it as it is.

const TOKEN = 'brandgraph:token';
const SEEN = 'brandgraph:seen';

// The pasted access token, kept until the browser tab is closed.
export const token = {
  read: () => sessionStorage.getItem(TOKEN) ?? '',
  write: (value) => sessionStorage.setItem(TOKEN, value.trim().replace(/^Bearer\s+/i, '')),
};

// The ids that the last answers brought, so that nobody has to copy them.
export const seen = {
  read: () => JSON.parse(localStorage.getItem(SEEN) ?? '{}'),
  note(data) {
    const user = data?.register?.user ?? data?.login?.user ?? data?.me;
    const content = data?.createContent ?? data?.publishContent?.content;
    const news = { ...(user?.id && { userId: user.id }), ...(content?.id && { contentId: content.id }) };
    if (Object.keys(news).length) localStorage.setItem(SEEN, JSON.stringify({ ...seen.read(), ...news }));
  },
};

// `{"userId": ""}` becomes `{"userId": "usr_..."}`; what a person wrote stays as it is.
export function filled(variables) {
  const known = seen.read();
  const entries = Object.entries(variables ?? {});
  return Object.fromEntries(entries.map(([name, value]) => [name, value === '' ? (known[name] ?? '') : value]));
}

function authorization() {
  return token.read() ? { authorization: `Bearer ${token.read()}` } : {};
}

// The operations of a document, by name. GraphiQL's own knowledge of it comes a moment late:
// who changes the tab and plays at once would send the name of the tab before.
export function operations(document) {
  let bare = document.replace(/"""[^]*?"""|"(?:\\.|[^"\\])*"|#.*/g, '');
  for (let before = ''; before !== bare; ) [before, bare] = [bare, bare.replace(/{[^{}]*}/g, ' ; ')];
  const found = bare.matchAll(/\b(query|mutation|subscription)\b\s*(\w*)/g);
  return new Map(Array.from(found, ([, kind, name]) => [name, kind]));
}

function unauthenticated(errors) {
  return Array.isArray(errors) && errors.some((error) => error.extensions?.code === 'UNAUTHENTICATED');
}

// Whether another try could go better, with a new access token from the cookie of the session.
function expired(error) {
  const refused = error instanceof CloseEvent ? [4401, 4403].includes(error.code) : unauthenticated(error);
  return refused && !token.read();
}

// Windows take turns: a refresh token that is used twice ends its session.
async function renew(url) {
  const ask = () => post(url, { query: 'mutation { refreshSession { expiresAt } }' });
  const { data } = await (navigator.locks?.request('brandgraph:session', ask) ?? ask());
  return Boolean(data?.refreshSession);
}

function readable(error) {
  if (!(error instanceof CloseEvent)) return error;
  const closed = new Error(`The WebSocket was closed: ${error.code} ${error.reason}`.trim());
  delete closed.stack;
  return closed;
}

// Each subscription opens a socket of its own, so that it takes the token as it is then. A
// document that declares $after goes on where it was cut off.
async function* subscribe(url, params, headers) {
  const { createClient } = await import('graphql-ws');
  const resumes = /\$after\b/.test(params.query);
  for (let tries = 0; ; tries++) {
    const connectionParams = { ...authorization(), ...headers };
    const client = createClient({ url: url.replace(/^http/, 'ws'), connectionParams });
    try {
      for await (const result of client.iterate(params)) {
        tries = 0;
        if (resumes && result.extensions?.cursor) params.variables.after = result.extensions.cursor;
        yield result;
      }
      return;
    } catch (error) {
      if (tries > 0 || !expired(error) || !(await renew(url))) throw readable(error);
    } finally {
      client.dispose();
    }
  }
}

async function post(url, params, headers) {
  const response = await fetch(url, {
    method: 'POST',
    credentials: 'same-origin',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json;q=0.9',
      ...authorization(),
      ...headers,
    },
    body: JSON.stringify(params),
  });
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    return { errors: [{ message: `${response.status} ${response.statusText}: ${text.slice(0, 500)}` }] };
  }
}

async function request(url, params, headers) {
  let result = await post(url, params, headers);
  if (!result.data && expired(result.errors) && (await renew(url))) result = await post(url, params, headers);
  seen.note(result.data);
  return result;
}

// The `fetcher` that GraphiQL asks for.
export function createFetcher(url) {
  return (params, { headers } = {}) => {
    const known = operations(params.query);
    const operationName = known.has(params.operationName) ? params.operationName : undefined;
    const kind = operationName ? known.get(operationName) : [...known.values()][0];
    const asked = { ...params, operationName, variables: filled(params.variables) };
    return kind === 'subscription' ? subscribe(url, asked, headers) : request(url, asked, headers);
  };
}
