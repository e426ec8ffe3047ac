import { useGraphiQL, useGraphiQLActions, type GraphiQLPlugin } from '@graphiql/react';

import { examples, type Example } from './examples';

// The list of examples, beside the schema's documentation. Choosing one goes to
// its tab, or opens it in a new one, so that nothing that was typed is lost.
function Examples() {
  const { addTab, changeTab } = useGraphiQLActions();
  const { tabs, queryEditor, variableEditor } = useGraphiQL((state) => ({
    tabs: state.tabs,
    queryEditor: state.queryEditor,
    variableEditor: state.variableEditor,
  }));

  function open(example: Example) {
    const opened = tabs.findIndex((tab) => tab.query === example.query);
    if (opened >= 0) {
      changeTab(opened);
      return;
    }
    addTab();
    // The new tab's editors are filled once it is the active one.
    setTimeout(() => {
      queryEditor?.setValue(example.query);
      variableEditor?.setValue(example.variables);
    });
  }

  return (
    <section aria-label="Examples" className="augur-examples">
      <h2>Examples</h2>
      <ol>
        {examples.map((example) => (
          <li key={example.title}>
            <button type="button" onClick={() => open(example)}>
              {example.title}
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Icon() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.6" aria-hidden="true">
      <path d="M5 4h9l5 5v11H5zM14 4v5h5M8 13h8M8 16.5h5" />
    </svg>
  );
}

export const EXAMPLES_PLUGIN: GraphiQLPlugin = { title: 'Examples', icon: Icon, content: Examples };
