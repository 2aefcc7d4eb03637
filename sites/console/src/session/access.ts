import { RoleCode } from '@tsmicro/contracts-auth';
import type { Person, Visit } from '@tsmicro/web';

/** Who may see what. */
export class Access {
  readonly #open: boolean;

  /** @param open whether everybody may look at the system, as in development */
  constructor(open: boolean) {
    this.#open = open;
  }

  /** Lets pass who may look at the system. @throws when nobody is signed in, or without ADMIN */
  requireSight(visit: Visit): void {
    if (!this.#open) visit.requirePerson(RoleCode.Admin);
  }

  /** Who looks after keys and users, in every mode. @throws when nobody is signed in, or without ADMIN */
  requireAdmin(visit: Visit): Person {
    return visit.requirePerson(RoleCode.Admin);
  }
}
