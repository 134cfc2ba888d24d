// Drives a server with the reference client of graphql-transport-ws and prints what it received.
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const client = createClient({
  url: process.argv[2],
  webSocketImpl: WebSocket,
  connectionParams: { accessToken: 'ann' },
  keepAlive: 20,
  retryAttempts: 0,
  lazy: false,
});

async function collect(query, variables, enough = Infinity) {
  const seen = [];
  for await (const result of client.iterate({ query, variables, extensions: { a: 1 } })) {
    seen.push(result);
    if (seen.length >= enough) break;
  }
  return seen;
}

async function failure(query) {
  try {
    await collect(query);
  } catch (errors) {
    return errors[0].extensions.code;
  }
}

const pongs = [];
client.on('pong', (received) => received && pongs.push(received));
const received = {
  query: await collect('{ viewer }'),
  mutation: await collect('mutation ($t: String!) { note(text: $t) }', { t: 'from node' }),
  subscription: await collect('subscription { count(to: 3) }'),
  stopped: await collect('subscription { forever }', {}, 2),
  syntax: await failure('{ viewer'),
  unknown: await failure('{ nothing }'),
  together: await Promise.all([1, 2, 3].map((to) => collect(`subscription { count(to: ${to}) }`))),
};
while (!pongs.length) await new Promise((resolve) => setTimeout(resolve, 5));
console.log(JSON.stringify(received));
await client.dispose();
