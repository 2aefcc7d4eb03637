// The limit: node:http in front, a pool of undici's behind it, and between them only what a proxy cannot do without: headers of one
// hop stay on it, a slow reader slows the sender, who leaves ends the request, and a service that fails is a 502.
import { createServer } from 'node:http';
import { Pool } from 'undici';

const connections = 64;
/** RFC 9110 section 7.6.1, and what undici and node:http say themselves. */
const ofOneHop = new Set([
  'connection',
  'expect',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

function namedBy(connection = 'keep-alive') {
  return connection === 'keep-alive' ? [] : connection.split(',').map((name) => name.trim().toLowerCase());
}

function passedOn(headers) {
  const named = namedBy(headers.connection);
  const passed = [];
  for (const name in headers) {
    if (!ofOneHop.has(name) && !named.includes(name)) passed.push(name, headers[name]);
  }
  return passed;
}

const hasBody = ({ headers }) =>
  headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;

/** One request on its way: a handler of undici's dispatch. */
class Passage {
  #response;
  #controller;

  constructor(response) {
    this.#response = response;
    response.once('close', () => {
      if (!response.writableEnded) this.#controller?.abort(new Error('the client has left'));
    });
  }

  onRequestStart(controller) {
    this.#controller = controller;
    if (this.#response.destroyed) controller.abort(new Error('the client has left'));
  }

  onResponseStart(_controller, status, headers) {
    if (status >= 200) this.#response.writeHead(status, passedOn(headers));
  }

  onResponseData(controller, chunk) {
    if (this.#response.write(chunk)) return;
    controller.pause();
    this.#response.once('drain', () => controller.resume());
  }

  onResponseEnd() {
    this.#response.end();
  }

  onResponseError() {
    if (this.#response.headersSent) this.#response.destroy();
    else this.#response.writeHead(502).end();
  }
}

export function listen(port, upstream) {
  const pool = new Pool(upstream, { connections });
  const server = createServer((request, response) => {
    const { method, url: path } = request;
    const body = hasBody(request) ? request : null;
    pool.dispatch({ method, path, headers: passedOn(request.headers), body }, new Passage(response));
  });
  return new Promise((resolve) => {
    server.listen(port, '127.0.0.1', resolve);
  });
}
