// Starts GraphiQL where it was not bundled: a ready-made build of it comes from a CDN.
import { createFetcher } from './fetcher.js';
import { sessionOf } from './session.js';
import { openAt, storage } from './storage.js';

const root = document.getElementById('explorer');
const steps = JSON.parse(document.getElementById('first-steps').textContent);
const workers = JSON.parse(document.getElementById('workers').textContent);

// A worker can't be started from another origin, and has no `integrity` of its own.
async function startWorker(label) {
  const { url, integrity } = workers[label] ?? workers.editor;
  const script = await (await fetch(url, { integrity })).blob();
  const local = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
  return new Worker(local, { name: label });
}

function start({ renderYogaGraphiQL }) {
  globalThis.MonacoEnvironment = { getWorker: (_id, label) => startWorker(label) };
  openAt(new URLSearchParams(location.search).get('tab'), steps);
  renderYogaGraphiQL(root, {
    fetcher: createFetcher(new URL(root.dataset.endpoint, location.href).href),
    defaultTabs: steps,
    initialQuery: undefined,
    onEditQuery: undefined,
    defaultEditorToolsVisibility: 'variables',
    shouldPersistHeaders: false,
    showPersistHeadersSettings: false,
    logo: ' ',
    title: React.createElement(sessionOf(React)),
    storage,
  });
}

if (globalThis.YogaGraphiQL) start(globalThis.YogaGraphiQL);
else {
  root.textContent =
    'GraphiQL could not be loaded from its CDN. Install Node.js and run "make explorer" to serve it from ' +
    'here, or go on with any GraphQL client: the API answers at this address.';
}
