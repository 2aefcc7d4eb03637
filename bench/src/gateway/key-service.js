// node key-service.js PORT: what the gateway asks about API keys; grants every key and counts how often it was asked.
import { createServer } from 'node:http';
import { serve } from '../worker/child.js';

const text = JSON.stringify({ code: '10000', status: 200, message: 'success' });
let checks = 0;
const server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
  if (request.headers['x-api-key'] !== undefined) checks++;
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length }).end(text);
});
server.listen(Number(process.argv[2]), '127.0.0.1', () => serve({ checks: () => checks }));
