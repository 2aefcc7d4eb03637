// @fastify/http-proxy as it comes: it forwards by undici, over at most 128 connections that stay open.
import httpProxy from '@fastify/http-proxy';
import { fastify } from 'fastify';

export async function listen(port, upstream) {
  const app = fastify();
  await app.register(httpProxy, { upstream });
  await app.listen({ port, host: '127.0.0.1' });
}
