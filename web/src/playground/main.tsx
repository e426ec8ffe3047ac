import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './style.css';

import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import { createRoot } from 'react-dom/client';

import { EXAMPLES_PLUGIN } from './ExamplesPlugin';
import { examples } from './examples';
import { scalars } from './scalars';

// Beside this page, so that a proxy may mount the server at any path.
const fetcher = createGraphiQLFetcher({ url: new URL('../graphql', location.href).href });
const first = examples[0];

createRoot(document.getElementById('root')!).render(
  <GraphiQL
    fetcher={fetcher}
    plugins={[EXAMPLES_PLUGIN, HISTORY_PLUGIN]}
    visiblePlugin={EXAMPLES_PLUGIN}
    defaultEditorToolsVisibility="variables"
    shouldPersistHeaders={false}
    initialQuery={first?.query}
    initialVariables={first?.variables}
    customScalarSchemas={scalars}
  >
    <GraphiQL.Logo>
      <a className="augur-logo" href="../">
        augur
      </a>
    </GraphiQL.Logo>
  </GraphiQL>,
);
