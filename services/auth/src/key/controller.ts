import { Controller } from '@tsmicro/micro';
import type { Routes } from '@tsmicro/network';
import { Jwks } from './dto.ts';
import type { KeyRing } from './key-ring.ts';

/** Shows the public keys, for whoever verifies tokens by itself. */
export class KeyController extends Controller {
  readonly #ring: KeyRing;

  constructor(ring: KeyRing) {
    super('/');
    this.#ring = ring;
  }

  override mountRoutes(routes: Routes): void {
    routes.get(
      '/.well-known/jwks.json',
      { summary: 'The public keys that verify tokens', plain: true, data: Jwks },
      () => this.#ring.jwks,
    );
  }
}
