import { apiKeyVerification, RoleCode } from '@tsmicro/contracts-auth';
import { UuidParam } from '@tsmicro/dto';
import { Controller, type NatsGroup } from '@tsmicro/micro';
import type { GuardProviders, Routes } from '@tsmicro/network';
import { Type } from '@tsmicro/schema';
import { ApiKeyQuery, ApiKeyView, CreateApiKey, NewApiKeyView, RotateApiKey } from './dto.ts';
import type { ApiKeyService } from './service.ts';

/** Answers the gateway's question about a key that it has not seen, and lets administrators look after keys. */
export class ApiKeyController extends Controller {
  readonly #apiKeys: ApiKeyService;

  constructor(apiKeys: ApiKeyService, providers: GuardProviders) {
    super('/', providers);
    this.#apiKeys = apiKeys;
  }

  override mountRoutes(routes: Routes): void {
    const guards = [this.authentication(), this.authorization(RoleCode.Admin)];
    routes.get(
      '/verify/apikey',
      {
        summary:
          'Whether the x-api-key header names a key in force; x-apikey-expires-in says for how many seconds, where it has an end',
        errors: {
          400: 'x-api-key header must be given once',
          401: 'x-api-key header is missing',
          403: 'x-api-key is invalid',
        },
      },
      async (request) => {
        const { expiresInSec } = await this.#apiKeys.verifyHeader(request.headers['x-api-key']);
        if (expiresInSec !== undefined) request.setHeader('x-apikey-expires-in', String(expiresInSec));
        return undefined;
      },
    );
    routes.post(
      '/apikeys',
      {
        summary: 'Make an API key; this answer alone has it',
        guards,
        body: CreateApiKey,
        data: NewApiKeyView,
        errors: { 400: 'expiresAt must be in the future' },
      },
      ({ body }) => this.#apiKeys.create(body),
    );
    routes.get(
      '/apikeys',
      {
        summary: 'API keys, also those that are over, newest first',
        guards,
        query: ApiKeyQuery,
        data: Type.Array(ApiKeyView),
      },
      ({ query }) => this.#apiKeys.list(query),
    );
    routes.get(
      '/apikeys/id/:id',
      {
        summary: 'One API key',
        guards,
        params: UuidParam,
        data: ApiKeyView,
        errors: { 404: 'api key not found' },
      },
      ({ params }) => this.#apiKeys.get(params.id),
    );
    routes.post(
      '/apikeys/id/:id/rotate',
      {
        summary: 'Put a new key in the place of one, which lives on for graceSec; this answer alone has it',
        guards,
        params: UuidParam,
        body: RotateApiKey,
        data: NewApiKeyView,
        errors: { 400: 'api key is not active', 404: 'api key not found' },
      },
      ({ params, body }) => this.#apiKeys.rotate(params.id, body.graceSec),
    );
    routes.delete(
      '/apikeys/id/:id',
      {
        summary: 'Revoke an API key, at once, with those that it replaced',
        guards,
        params: UuidParam,
        errors: { 404: 'api key not found' },
      },
      async ({ params }) => {
        await this.#apiKeys.revoke(params.id);
        return undefined;
      },
    );
  }
}

/** Answers other services' questions about a key. */
export class ApiKeyVerificationController extends Controller {
  readonly #apiKeys: ApiKeyService;

  constructor(apiKeys: ApiKeyService) {
    super('/apikey');
    this.#apiKeys = apiKeys;
  }

  override mountRoutes(): void {}

  override mountNats(group: NatsGroup): void {
    group.addEndpoint(apiKeyVerification, ({ value }) => this.#apiKeys.verify(value));
  }
}
