import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseCSV, writeCSV } from '../src/dashboard/csv';
import { modelsWhere, predictionsWhere, stepsOf } from '../src/dashboard/filter';
import { bytes, count, least, metric, ms, share } from '../src/dashboard/format';
import { control, flat, initial, nested, picture, rowsOf, type Feature } from '../src/dashboard/form';
import { lone } from '../src/dashboard/lone';
import { operation } from '../src/dashboard/operation';
import { link, parse } from '../src/dashboard/route';
import { smooth } from '../src/dashboard/smooth';

const feature = (f: Partial<Feature>): Feature => ({ name: 'x', dtype: 'FLOAT32', shape: [], required: true, unit: '', description: '', ...f });
const sizes = (...all: number[]) => all.map((size) => ({ size }));

test('tables of text are read as they were written', () => {
  const rows = [
    ['a', 'b "quoted"', 'c,d'],
    ['', 'two\r\nlines', 'ü'],
  ];
  assert.deepEqual(parseCSV(writeCSV(rows)), rows);
  assert.deepEqual(parseCSV('a\tb\n1\t2,5\n\n'), [['a', 'b'], ['1', '2,5']]);
  assert.deepEqual(parseCSV('a,b\r\n1,\r\n'), [['a', 'b'], ['1', '']]);
  assert.deepEqual(parseCSV('"say ""hi""",x'), [['say "hi"', 'x']]);
  assert.deepEqual(parseCSV(''), []);
  // Any table survives.
  let seed = 7;
  const random = (n: number) => (seed = (seed * 48271) % 2147483647) % n;
  for (let i = 0; i < 500; i++) {
    const table = Array.from({ length: 1 + random(4) }, () => Array.from({ length: 2 + random(3) }, () => Array.from({ length: random(5) }, () => 'a,"\n\r'[random(5)]).join('')));
    assert.deepEqual(parseCSV('h1,h2\r\n' + writeCSV(table)).slice(1), table);
  }
});

test('a control follows from the signature', () => {
  assert.deepEqual(control(feature({ range: { min: 0, max: 1 } })), { kind: 'slider', min: 0, max: 1, step: 0.01 });
  assert.deepEqual(control(feature({ dtype: 'INT64', range: { min: 5, max: 130 } })), { kind: 'slider', min: 5, max: 130, step: 1 });
  assert.equal(control(feature({ range: { min: 0, max: null } })).kind, 'number');
  assert.equal(control(feature({ range: { min: 0, max: 'Infinity' } })).kind, 'number');
  assert.equal(control(feature({ dtype: 'BOOL' })).kind, 'switch');
  assert.equal(control(feature({ dtype: 'STRING' })).kind, 'text');
  assert.equal(control(feature({ dtype: 'STRING', oneOf: ['a'] })).kind, 'select');
  assert.equal(control(feature({ shape: sizes(7) })).kind, 'json');
  assert.equal(control(feature({ dtype: 'COMPLEX64' })).kind, 'json');
});

test('pictures are known by their shape', () => {
  assert.deepEqual(picture(feature({ shape: sizes(3, 224, 200) })), { width: 200, height: 224, channels: 3, first: true, top: 1 });
  assert.deepEqual(picture(feature({ dtype: 'UINT8', shape: sizes(28, 30, 1) })), { width: 30, height: 28, channels: 1, first: false, top: 255 });
  assert.equal(picture(feature({ shape: sizes(64), range: { min: 0, max: 16 } }))?.top, 16);
  assert.equal(picture(feature({ shape: sizes(64) })), undefined, 'a vector without a range is no picture');
  assert.equal(picture(feature({ shape: sizes(65), range: { min: 0, max: 1 } })), undefined);
  assert.equal(picture(feature({ shape: sizes(4, 224, 224) })), undefined);
  for (const shape of [sizes(3, 9, 8), sizes(9, 8, 3), sizes(9, 8), sizes(64)]) {
    const p = picture(feature({ shape, range: { min: 0, max: 1 } }))!;
    const values = Array.from({ length: p.width * p.height * p.channels }, (_, i) => i);
    const made = nested(p, values, shape.length);
    assert.deepEqual(flat(made), values, 'the order of the tensor is kept');
    let at: unknown = made;
    for (const { size } of shape) {
      assert.equal((at as unknown[]).length, size);
      at = (at as unknown[])[0];
    }
  }
});

test('a form starts with values that are expected', () => {
  assert.equal(initial(feature({ default: 3 })), 3);
  assert.equal(initial(feature({ range: { min: 0, max: 1 } })), 0.5);
  assert.equal(initial(feature({ dtype: 'INT64', range: { min: 5, max: 130 } })), 68);
  assert.equal(initial(feature({ required: false, dtype: 'STRING' })), undefined);
  assert.deepEqual(initial(feature({ shape: sizes(2, 2) })), [[0, 0], [0, 0]]);
});

test('rows of a pasted table have the types of the features', () => {
  const features = [feature({ name: 'a' }), feature({ name: 'b', dtype: 'BOOL' }), feature({ name: 'c', dtype: 'STRING' }), feature({ name: 'd', dtype: 'INT64' }), feature({ name: 'v', shape: sizes(2) })];
  const rows = rowsOf(features, parseCSV('a,b,c,d,v\n1.5,true,7,9007199254740993,"[1,2]"\nx,no,,4,[1'));
  assert.deepEqual(rows, [
    { a: 1.5, b: true, c: '7', d: '9007199254740993', v: [1, 2] },
    { a: 'x', b: 'no', d: 4, v: '[1' },
  ]);
});

test('smoothing keeps a constant, its ends and what is not a number', () => {
  assert.deepEqual(smooth([2, 2, 2], 0.9).map((v) => +v.toFixed(9)), [2, 2, 2]);
  assert.deepEqual(smooth([1, 5], 0), [1, 5]);
  const [first, gap, last] = smooth([0, NaN, 1], 0.5);
  assert.equal(first, 0);
  assert.ok(Number.isNaN(gap!));
  assert.ok(Math.abs(last! - 2 / 3) < 1e-12);
});

test('addresses are read as they were written', () => {
  const address = link(['models', 'a/b ü', 'versions', '1.0.0+x'], { q: 'a&b=c', none: undefined, empty: '' });
  const { path, params } = parse(address);
  assert.deepEqual(path, ['models', 'a/b ü', 'versions', '1.0.0+x']);
  assert.deepEqual(Object.fromEntries(params), { q: 'a&b=c' });
  assert.deepEqual(parse('').path, []);
});

test('figures are short', () => {
  assert.equal(ms(0.2832), '283 µs');
  assert.equal(ms(1234), '1.23 s');
  assert.equal(ms(null), '–');
  assert.equal(share(0.1234), '12.3 %');
  assert.equal(count('12345'), '12.3k');
  assert.equal(metric('NaN'), 'NaN');
  assert.equal(metric(0.00001), '1.00e-5');
  assert.equal(bytes('178000'), '178 kB');
  assert.equal(least([3, 1, NaN]), 1);
  assert.equal(least([1, 1]), undefined);
});

test('filters ask what they say', () => {
  assert.deepEqual(modelsWhere('fraud', 'team=risk=1', true), {
    and: [{ or: [{ nameContainsFold: 'fraud' }, { search: 'fraud' }] }, { hasTagsWith: [{ key: 'team', value: 'risk=1' }] }, { hasAliasesWith: [{ name: 'live' }] }],
  });
  assert.equal(modelsWhere('', '', false), undefined);
  assert.deepEqual(predictionsWhere(new URLSearchParams('state=errors&slow=20&subject=u1')), { codeNEQ: 'OK', totalMsGTE: 20, subject: 'u1' });
  assert.deepEqual(stepsOf('10 5m\n50%\n 100 '), [{ weight: 10, duration: '5m' }, { weight: 50, approval: true }, { weight: 100 }]);
});

test('an operation can be pasted into a shell', () => {
  const text = operation('curl', 'http://127.0.0.1:1/graphql', { model: 'm', row: { name: "O'Hara" } });
  assert.ok(text.includes(`O'\\''Hara`));
  const body = JSON.parse(text.split("-d '")[1]!.slice(0, -1).replaceAll(`'\\''`, "'")) as { variables: unknown };
  assert.deepEqual(body.variables, { input: { model: 'm', data: { row: { name: "O'Hara" } } } });
});

test('what no line reaches is drawn as a point', () => {
  assert.deepEqual(lone([null, 3, null, 4, 5, null, 6], false), [1, 6]);
  assert.equal(lone([1, 2, 3], false), null);
  assert.equal(lone([], false), null);
  assert.deepEqual(lone([null, 3, null], true), [1]);
  assert.equal(lone([null, 3, null, 4], true), null, 'a line that spans gaps reaches both');
});
