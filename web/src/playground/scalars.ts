// What the editor of variables accepts for our scalars, as JSON schemas. It takes
// a scalar that it does not know for a text, a number or a boolean, and would
// underline every row.
const any = ['object', 'array', 'string', 'number', 'boolean'];

export const scalars = {
  Row: { type: 'object' },
  Columns: { type: 'object', additionalProperties: { type: 'array' } },
  Column: { type: 'array' },
  TensorData: { type: ['array', 'string'] },
  JSON: { type: any },
  Int64: { type: ['integer', 'string'] },
  Double: { type: ['number', 'string'] },
  Duration: { type: 'string' },
  Cursor: { type: 'string' },
};
