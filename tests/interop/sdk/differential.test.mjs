// The same HTTP replies through the official SDK and through the service: what a caller learns of them. Each difference is in
// differential/differences.mjs with its reason; one that is not there, or no longer occurs, fails.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { OpenRouter } from '@openrouter/sdk';
import { compile, describe, explain, observe, table, unused } from './differential/compare.mjs';
import { differences } from './differential/differences.mjs';
import { replies } from './differential/replies.mjs';
import { startService, startUpstream } from './differential/upstream.mjs';
import { connect } from './facade.mjs';

let upstream;
let server;
let service;
let sdk;

before(async () => {
  upstream = await startUpstream();
  server = await startService(upstream.url);
  service = connect(server.address);
  sdk = new OpenRouter({ apiKey: 'sk-or-v1-differential', serverURL: upstream.url, retryConfig: { strategy: 'none' } });
});

after(async () => {
  service?.close();
  await server?.stop();
  upstream?.stop();
});

test('the SDK and the service differ exactly where they are said to', async () => {
  const observed = [];
  for (const [name, reply] of Object.entries(replies)) {
    upstream.reply = reply;
    observed.push(...await observe(name, reply.operation, sdk, service));
  }
  const rows = compile(differences);
  const unlisted = describe(explain(rows, observed));
  console.log(table(rows));
  const gone = unused(rows);
  assert.ok(unlisted.length === 0, `not listed:\n${unlisted.join('\n')}`);
  assert.ok(gone.length === 0, `listed, but does not occur:\n${gone.join('\n')}`);
});

test('the comparison finds what is planted', () => {
  const rows = compile([{ because: 'why', where: [['a/{x,y} b/*', 'name list[*]', 'unset', '{1,2}']] }]);
  const row = { field: 'name', sdk: 'unset', service: '1' };
  const unlisted = [
    { ...row, reply: 'a/z' }, { ...row, reply: 'a/x', field: 'names' }, { ...row, reply: 'a/x', service: '12' },
    { ...row, reply: 'a/x', sdk: 'set' },
  ];
  assert.deepEqual(explain(rows, [{ ...row, reply: 'a/x' }, ...unlisted, { ...row, reply: 'b/z', service: '2' }]), unlisted);
  assert.deepEqual(unused(rows).map((text) => text.split(' ')[0]), ['a/y', 'list[*]']);
  assert.match(table(rows), /why\n +2 +a\/\{x,y\}/);
});
