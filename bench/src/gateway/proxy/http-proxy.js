// http-proxy with an agent that keeps connections open; without one it opens a connection for every request.
import { Agent, createServer } from 'node:http';
import httpProxy from 'http-proxy';

export function listen(port, upstream) {
  const proxy = httpProxy.createProxyServer({ target: upstream, agent: new Agent({ keepAlive: true }) });
  proxy.on('error', (_error, _request, response) => response.writeHead(502).end());
  const server = createServer((request, response) => proxy.web(request, response));
  return new Promise((resolve) => {
    server.listen(port, '127.0.0.1', resolve);
  });
}
