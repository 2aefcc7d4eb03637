import { Controller } from '@tsmicro/micro';
import type { Routes } from '@tsmicro/network';
import type { ApiKeyService } from './service.ts';

/** Answers the gateway's question about a key that it has not seen. */
export class ApiKeyController extends Controller {
  readonly #apiKeys: ApiKeyService;

  constructor(apiKeys: ApiKeyService) {
    super('/');
    this.#apiKeys = apiKeys;
  }

  override mountRoutes(routes: Routes): void {
    routes.get(
      '/verify/apikey',
      {
        summary: 'Whether the x-api-key header names a key in force',
        errors: {
          400: 'x-api-key header must be given once',
          401: 'x-api-key header is missing',
          403: 'x-api-key is invalid',
        },
      },
      async (request) => {
        await this.#apiKeys.verify(request.headers['x-api-key']);
        return undefined;
      },
    );
  }
}
