import 'graphiql/setup-workers/vite';
import '@graphiql/react/style.css';
import '@graphiql/plugin-doc-explorer/style.css';
import '@graphiql/plugin-history/style.css';
import 'graphiql/graphiql.css';
import './style.css';

import * as React from 'react';
import { createRoot } from 'react-dom/client';
import { GraphiQL } from 'graphiql';

import { createFetcher } from '../../server/static/graphiql/fetcher.js';
import { sessionOf } from '../../server/static/graphiql/session.js';
import { openAt, storage } from '../../server/static/graphiql/storage.js';
import { Variables } from './variables.jsx';

const root = document.getElementById('explorer');
const steps = JSON.parse(document.getElementById('first-steps').textContent);
const Session = sessionOf(React);

openAt(new URLSearchParams(location.search).get('tab'), steps);
createRoot(root).render(
  <GraphiQL
    fetcher={createFetcher(new URL(root.dataset.endpoint, location.href).href)}
    defaultTabs={steps}
    defaultEditorToolsVisibility="variables"
    schemaDescription
    showPersistHeadersSettings={false}
    storage={storage}
  >
    <GraphiQL.Logo>
      <Session />
    </GraphiQL.Logo>
    <Variables />
  </GraphiQL>,
);
