// http-proxy-3 with an agent that keeps connections open, the faster of its two ways (the other one is fetch).
import { Agent, createServer } from 'node:http';
import { createProxyServer } from 'http-proxy-3';

export function listen(port, upstream) {
  const proxy = createProxyServer({ target: upstream, agent: new Agent({ keepAlive: true }) });
  proxy.on('error', (_error, _request, response) => response.writeHead(502).end());
  const server = createServer((request, response) => proxy.web(request, response));
  return new Promise((resolve) => {
    server.listen(port, '127.0.0.1', resolve);
  });
}
