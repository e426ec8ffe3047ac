// The operation that produced an answer, as people would write it themselves.

export interface PredictVariables {
  model: string;
  version?: string;
  row?: Record<string, unknown>;
  rows?: Record<string, unknown>[];
}

export function predictInput(v: PredictVariables) {
  return {
    model: v.model,
    ...(v.version ? { version: v.version } : {}),
    data: v.rows ? { rows: v.rows } : { row: v.row ?? {} },
  };
}

const document = `mutation Predict($input: PredictInput!) {
  predict(input: $input) {
    prediction {
      values
      route { reason ref }
      timing { totalMs }
      modelVersion { version }
    }
    userErrors { code field message }
  }
}`;

export type Language = 'GraphQL' | 'curl' | 'TypeScript';

export function operation(language: Language, endpoint: string, v: PredictVariables): string {
  const variables = { input: predictInput(v) };
  switch (language) {
    case 'GraphQL':
      return `${document}\n\n# variables\n${JSON.stringify(variables, null, 2)}`;
    case 'curl': {
      const body = JSON.stringify({ query: document.replace(/\s+/g, ' '), variables });
      return `curl -s ${endpoint} \\\n  -H 'content-type: application/json' \\\n  -d '${body.replaceAll("'", `'\\''`)}'`;
    }
    case 'TypeScript':
      return `const query = \`${document}\`;

const response = await fetch('${endpoint}', {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ query, variables: ${JSON.stringify(variables, null, 2).replaceAll('\n', '\n  ')} }),
});
const { data, errors } = await response.json();
if (errors) throw new Error(errors[0].message);
console.log(data.predict.prediction.values);`;
  }
}
