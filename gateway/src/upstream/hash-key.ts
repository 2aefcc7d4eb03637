import { randomUUID } from 'node:crypto';
import type { HashInput, UpstreamEntity } from '../declaration/upstream.ts';
import { AnswerHeader } from '../proxy/answer-header.ts';
import type { Exchange } from '../proxy/exchange.ts';

function cookieOf({ request }: Exchange, name: string): string | undefined {
  for (const pair of (request.header('cookie') ?? '').split(';')) {
    const mark = pair.indexOf('=');
    if (mark !== -1 && pair.slice(0, mark).trim() === name) return pair.slice(mark + 1).trim();
  }
  return undefined;
}

/** The cookie that tells a client apart; one that has none gets one with its answer. */
function cookieKey(exchange: Exchange, name: string, path: string): string {
  const known = cookieOf(exchange, name);
  if (known !== undefined && known !== '') return known;
  const fresh = randomUUID();
  const cookie = `${name}=${fresh}; Path=${path}; HttpOnly; SameSite=Lax`;
  exchange.answerHeaders.push(new AnswerHeader('set-cookie', cookie));
  return fresh;
}

function argumentOf({ request: { url } }: Exchange, name: string): string | undefined {
  const mark = url.indexOf('?');
  if (mark === -1) return undefined;
  return new URLSearchParams(url.slice(mark)).getAll(name).sort().join(',') || undefined;
}

function readKey({ source, name }: HashInput, path: string, exchange: Exchange): string | undefined {
  switch (source) {
    case 'none':
      return undefined;
    case 'ip':
      return exchange.clientAddress;
    case 'header':
      return exchange.request.header(name.toLowerCase()) || undefined;
    case 'cookie':
      return cookieKey(exchange, name, path);
    case 'path':
      return exchange.path;
    case 'query_arg':
      return argumentOf(exchange, name);
  }
}

/**
 * What a request is told apart by, by the declaration of an upstream; undefined where it has nothing of it. Read once:
 * a second attempt is of the same client.
 */
export function createHashKey({ hashOn, hashFallback, cookiePath }: UpstreamEntity) {
  return (exchange: Exchange): string | undefined => {
    exchange.hashKey ??= readKey(hashOn, cookiePath, exchange) ?? readKey(hashFallback, cookiePath, exchange);
    return exchange.hashKey;
  };
}
