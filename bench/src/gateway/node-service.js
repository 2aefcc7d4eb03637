// node node-service.js PORT: a service on node:http, as services here are: 1 kB of JSON for a GET, for a POST how long it was.
import { createServer } from 'node:http';
import { serve } from '../worker/child.js';

const answerOf = (id) =>
  JSON.stringify({
    code: '10000',
    status: 200,
    message: 'success',
    data: { id, title: 'A bug in relay seventy, panel F', text: 'moth '.repeat(170) },
  });
const found = answerOf('0f8fad5b');

function send(response, text) {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

const server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
  if (request.method !== 'POST') {
    send(response, found);
    return;
  }
  let bytes = 0;
  request.on('data', (chunk) => {
    bytes += chunk.length;
  });
  request.on('end', () => send(response, answerOf(String(bytes))));
});
server.listen(Number(process.argv[2]), '127.0.0.1', () => serve({}));
