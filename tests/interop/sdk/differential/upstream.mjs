// An upstream that answers with the bytes that a test gives it, and the service in front of it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';

// `reply` is what the next requests are answered with: {status, type, body}.
export async function startUpstream() {
  const upstream = { reply: undefined };
  const server = createServer(async (request, response) => {
    for await (const _ of request) { /* The reply does not depend on it. */ }
    const { status, type, body } = upstream.reply;
    response.writeHead(status, { ...(type && { 'content-type': type }), 'content-length': body.length });
    response.end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  upstream.url = `http://127.0.0.1:${server.address().port}/api/v1`;
  upstream.stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return upstream;
}

// Starts the server with an upstream; it listens at `address`.
export async function startService(upstreamUrl) {
  const service = spawn(process.env.SERVER, ['--listen=127.0.0.1:0', `--upstream_url=${upstreamUrl}`], {
    env: { OPENROUTER_API_KEY: 'sk-or-v1-differential' }, stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(service, 'exit');
  let log = '';
  const address = await new Promise((resolve, reject) => {
    createInterface({ input: service.stderr }).on('line', (line) => {
      log += `${line}\n`;
      if (line.includes('"listening"')) resolve(JSON.parse(line).address);
    });
    ended.then(([status]) => reject(new Error(`the server ended with status ${status}:\n${log}`)));
  });
  return {
    address,
    async stop() {
      service.kill('SIGTERM');
      const [status] = await ended;
      if (status !== 0) throw new Error(`the server ended with status ${status}:\n${log}`);
    },
  };
}
