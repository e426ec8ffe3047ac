// The operations of examples/graphql, which the tests run too: NAME.graphql,
// whose first comment line is its title, and NAME.json, its variables.
const operations = import.meta.glob<string>('../../../examples/graphql/*.graphql', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const variables = import.meta.glob<string>('../../../examples/graphql/*.json', {
  query: '?raw',
  import: 'default',
  eager: true,
});

export interface Example {
  title: string;
  query: string;
  variables: string;
}

export const examples: Example[] = Object.keys(operations)
  .sort()
  .map((path) => {
    const text = operations[path] ?? '';
    const [first = '', ...rest] = text.split('\n');
    return {
      title: first.replace(/^#\s*/, ''),
      query: rest.join('\n'),
      variables: variables[path.replace(/\.graphql$/, '.json')] ?? '',
    };
  });
