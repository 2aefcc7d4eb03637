import { badRequest, toApiError } from '@tsmicro/network';
import type { Logger } from 'pino';
import type { RequestHandler } from '../http1/server.ts';
import { type Answer, failureAnswer, sendAnswer } from '../proxy/answer.ts';
import { Exchange } from '../proxy/exchange.ts';
import { parseRequestTarget } from '../routing/request-target.ts';
import { type Docs, methodRefused } from './docs.ts';

const belowDocs = /^\/docs(?:[/?]|$)/;
const methods = new Set(['GET', 'HEAD']);

async function find(docs: Docs, exchange: Exchange): Promise<Answer> {
  const { request } = exchange;
  exchange.begin('docs');
  exchange.readHeaders();
  const target = parseRequestTarget(request.url);
  if (target === undefined) throw badRequest('malformed path');
  exchange.path = target.path;
  if (methods.has(request.method)) return docs.find(target.path, request.header('if-none-match'));
  return { ...failureAnswer(methodRefused(), exchange.requestId), headers: { allow: 'GET, HEAD' } };
}

/**
 * Answers what is below `/docs`, which no API key guards, out of what `current` gives; everything else goes to `next`, and
 * all where that gives none.
 */
export function createDocsListener(
  current: () => Docs | undefined,
  logger: Logger,
  next: RequestHandler,
): RequestHandler {
  return (request, response) => {
    const docs = belowDocs.test(request.url) ? current() : undefined;
    if (docs === undefined) {
      next(request, response);
      return;
    }
    const exchange = new Exchange(request, response);
    find(docs, exchange)
      .catch((error: unknown) => {
        const answered = toApiError(error);
        const { requestId, ids, path } = exchange;
        if (answered.status === 500) logger.error({ ...ids, path, err: answered.cause }, 'request failed');
        return failureAnswer(answered, requestId);
      })
      .then((answer) => sendAnswer(exchange, answer))
      .catch((error: unknown) => logger.error({ err: error }, 'an answer could not be sent'));
  };
}
