import type { Assets } from '@tsmicro/web';
import { type PageMount, Section } from '../layout/section.ts';
import { mountEntry } from './entry.ts';
import { mountProfile } from './profile.ts';
import { mountSessions } from './sessions.ts';

/** Coming in, going out, and what belongs to a person's account in between. */
export class AccountController {
  readonly #assets: Assets;

  constructor(assets: Assets) {
    this.#assets = assets;
  }

  /** Registers the pages. */
  mount(site: PageMount): void {
    const section = new Section(site, [this.#assets.url('work.css')]);
    mountEntry(section);
    mountProfile(section);
    mountSessions(section);
  }
}
