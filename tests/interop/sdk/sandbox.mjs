// The official SDK pointed at the sandbox, and the sandbox's ledger.
import { OpenRouter } from '@openrouter/sdk';

export const sandboxUrl = process.env.SANDBOX_URL;

// A client that asks once: by default the SDK repeats a paid request for an hour.
export function newSdk(options = {}) {
  return new OpenRouter({
    apiKey: 'sk-or-v1-sandbox',
    serverURL: `${sandboxUrl}/api/v1`,
    retryConfig: { strategy: 'none' },
    ...options,
  });
}

// Runs `call` and returns what the sandbox saw of it: the one request that came in.
export async function requestOf(call) {
  await fetch(`${sandboxUrl}/sandbox/ledger`, { method: 'DELETE' });
  await call();
  const ledger = await (await fetch(`${sandboxUrl}/sandbox/ledger`)).json();
  const requests = ledger.requests.filter(({ target }) => target.startsWith('/api/'));
  if (requests.length !== 1) throw new Error(`expected one request, the ledger has ${requests.length}`);
  const [request] = requests;
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]));
  return { method: request.method, target: request.target, headers, body: request.body ? JSON.parse(request.body) : null };
}
