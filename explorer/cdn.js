// Writes server/static/graphiql/cdn.json: the files of the page that uses a CDN, with their
// integrity. A CDN for npm packages serves a package's files as they are, so they are
// hashed from the packages: `node cdn.js`.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const files = {
  script: ['@graphql-yoga/graphiql@4.5.0', 'dist/yoga-graphiql.umd.js'],
  style: ['@graphql-yoga/graphiql@4.5.0', 'dist/graphiql.css'],
  editor: ['@graphql-yoga/graphiql@4.5.0', 'dist/monacoeditorwork/editor.worker.bundle.js'],
  graphql: ['@graphql-yoga/graphiql@4.5.0', 'dist/monacoeditorwork/graphql.worker..bundle.js'],
  json: ['@graphql-yoga/graphiql@4.5.0', 'dist/monacoeditorwork/json.worker.bundle.js'],
  socket: ['graphql-ws@6.4.2', 'dist/client.js'],
  messages: ['graphql-ws@6.4.2', 'dist/common-CGW11Fyb.js'],
};

const folder = mkdtempSync(join(tmpdir(), 'explorer-'));
const unpacked = new Map();

function unpack(spec) {
  if (!unpacked.has(spec)) {
    const [{ filename }] = JSON.parse(execFileSync('npm', ['pack', '--json', spec], { cwd: folder }));
    const target = mkdtempSync(join(folder, 'package-'));
    execFileSync('tar', ['-xzf', join(folder, filename), '-C', target, '--strip-components=1']);
    unpacked.set(spec, target);
  }
  return unpacked.get(spec);
}

function entry([spec, path]) {
  const digest = createHash('sha384').update(readFileSync(join(unpack(spec), path))).digest('base64');
  return { url: `https://cdn.jsdelivr.net/npm/${spec}/${path}`, integrity: `sha384-${digest}` };
}

const pinned = Object.fromEntries(Object.entries(files).map(([name, file]) => [name, entry(file)]));
writeFileSync(new URL('../server/static/graphiql/cdn.json', import.meta.url), `${JSON.stringify(pinned, null, 2)}\n`);
rmSync(folder, { recursive: true });
