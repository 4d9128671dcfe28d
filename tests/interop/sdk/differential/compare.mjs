// Compares what the SDK and the service report of a reply, and matches the differences with the list of known ones.
import { askSdk, askService, flatten } from './views.mjs';

// The differences of one reply: {reply, field, sdk, service}; 'unset' where one of them reports nothing. Where one of them fails
// and the other does not, or one has events and the other a reply, that is the only one, in the field `outcome`.
export async function observe(reply, operation, sdk, service) {
  const views = { sdk: await askSdk(sdk, operation), service: await askService(service, operation) };
  const outcomes = { sdk: outcome(views.sdk), service: outcome(views.service) };
  if (outcomes.sdk.kind !== outcomes.service.kind) {
    return [{ reply, field: 'outcome', sdk: outcomes.sdk.text, service: outcomes.service.text }];
  }
  summarize(views.sdk.events, views.service.events);
  summarize(views.service.events, views.sdk.events);
  const fields = { sdk: flatten(views.sdk), service: flatten(views.service) };
  return [...new Set([...Object.keys(fields.sdk), ...Object.keys(fields.service)])]
    .map((field) => ({ reply, field, sdk: fields.sdk[field] ?? 'unset', service: fields.service[field] ?? 'unset' }))
    .filter((difference) => difference.sdk !== difference.service);
}

function outcome(view) {
  if (view.class) return { kind: 'failure', text: view.class };
  return view.events ? { kind: 'events', text: 'events' } : { kind: 'reply', text: 'a reply' };
}

// Of events that only one of them has, the type is enough.
function summarize(events = [], others = []) {
  for (let index = others.length; index < events.length; index += 1) {
    events[index] = events[index].type ?? 'an event without type';
  }
}

// ---- The list: [{because, where: [[reply, field, sdk, service], ...]}, ...]. In each of the four, `*` stands for any text and
// {a,b} for each of a and b; `reply` and `field` may be several, separated by spaces.

const columns = ['reply', 'field', 'sdk', 'service'];

// The rows of the list, ready for `explain`.
export function compile(list) {
  return list.flatMap(({ because, where }) => where.map((row) => ({
    because, row, count: 0, reply: patterns(row[0]), field: patterns(row[1]), sdk: expand(row[2]), service: expand(row[3]),
  })));
}

// Counts each difference at the row that explains it. Returns those without such a row.
export function explain(rows, observed) {
  return observed.filter((difference) => {
    const matching = (row) => columns.map((column) => row[column].filter((pattern) => pattern.regexp.test(difference[column])));
    const row = rows.find((one) => matching(one).every((found) => found.length > 0));
    if (!row) return true;
    row.count += 1;
    for (const pattern of matching(row).flat()) pattern.used = true;
    return false;
  });
}

// Differences as text, those of several replies together.
export function describe(observed) {
  const groups = new Map();
  for (const { reply, field, sdk, service } of observed) {
    const text = `${field}: SDK ${sdk}, service ${service}`;
    groups.set(text, [...(groups.get(text) ?? []), reply]);
  }
  return [...groups].map(([text, replies]) => `${text}\n    ${replies.join(' ')}`);
}

// What no longer occurs: each pattern of a row for replies and fields that no difference matches.
export function unused(rows) {
  return rows.flatMap(({ row, reply, field }) => (
    [...reply, ...field].filter(({ used }) => !used).map(({ text }) => `${text} in [${row.join(' | ')}]`)));
}

// The rows as text, by reason.
export function table(rows) {
  const lines = [];
  let reason;
  for (const { because, row, count } of rows) {
    if (because !== reason) lines.push('', because);
    reason = because;
    const [replies, fields, sdk, service] = row;
    lines.push(`  ${String(count).padStart(4)}  ${replies}: ${fields}`, `        SDK ${sdk}, service ${service}`);
  }
  return lines.join('\n');
}

const patterns = (text) => text.split(' ').flatMap(expand);

function expand(text) {
  const [, before, choices, after] = text.match(/^(.*?)\{(\w.*?)\}(.*)$/s) ?? [];
  if (choices) return choices.split(',').flatMap((choice) => expand(before + choice + after));
  const parts = text.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return [{ text, regexp: new RegExp(`^${parts.join('.*')}$`, 's') }];
}
