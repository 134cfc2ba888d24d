// How the GraphiQL page talks to /graphql: queries and mutations by HTTP, subscriptions by
// graphql-transport-ws. Bundled by explorer/, and written into the page that uses a CDN.

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

function closed(event) {
  const reason = event instanceof CloseEvent ? `${event.code} ${event.reason}`.trim() : String(event);
  return new Error(`The WebSocket was closed: ${reason}`);
}

// Each subscription opens a socket of its own, so that it takes the token as it is then.
async function* subscribe(url, params, headers) {
  const { createClient } = await import('graphql-ws');
  const connectionParams = { ...authorization(), ...headers };
  const client = createClient({ url: url.replace(/^http/, 'ws'), connectionParams });
  try {
    yield* client.iterate(params);
  } catch (error) {
    throw Array.isArray(error) || error instanceof Error ? error : closed(error);
  } finally {
    client.dispose();
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
    const result = JSON.parse(text);
    seen.note(result.data);
    return result;
  } catch {
    return { errors: [{ message: `${response.status} ${response.statusText}: ${text.slice(0, 500)}` }] };
  }
}

// The `fetcher` that GraphiQL asks for.
export function createFetcher(url) {
  return (params, { headers } = {}) => {
    const known = operations(params.query);
    const operationName = known.has(params.operationName) ? params.operationName : undefined;
    const kind = operationName ? known.get(operationName) : [...known.values()][0];
    const request = { ...params, operationName, variables: filled(params.variables) };
    return kind === 'subscription' ? subscribe(url, request, headers) : post(url, request, headers);
  };
}
