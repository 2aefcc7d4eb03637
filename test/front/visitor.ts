import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';

const mostTries = 8;

/** A page of the front, as it came. */
export interface Seen {
  readonly status: number;
  readonly path: string;
  /** Its `<main>`, with entities as they were written. */
  readonly main: string;
}

/** What a browser makes of the entities that the front writes. */
export const decoded = (text: string) =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

/** A browser without scripts, reduced to what forms need: cookies, and redirects that are followed. */
export class Visitor {
  readonly #origin: string;
  readonly #cookies = new Map<string, string>();

  constructor(origin: string) {
    this.#origin = origin;
  }

  get(path: string): Promise<Seen> {
    return this.#ask(path, {});
  }

  /** Sends a form, and goes where that leads. */
  post(path: string, fields: Readonly<Record<string, string>> = {}): Promise<Seen> {
    const headers = { origin: this.#origin, 'sec-fetch-site': 'same-origin' };
    return this.#ask(path, { method: 'POST', headers, body: new URLSearchParams(fields) });
  }

  /** Sends a form that is about a password: on a busy machine it may be refused for want of time, and a person sends it again. */
  async insist(path: string, fields: Readonly<Record<string, string>>): Promise<Seen> {
    for (let tries = 1; ; tries++) {
      const seen = await this.post(path, fields);
      if (tries === mostTries || !/not available right now|took too long/.test(seen.main)) return seen;
      await setTimeout(tries * 250);
    }
  }

  async signIn({ email, password }: { email: string; password: string }): Promise<void> {
    const { main, path } = await this.insist('/sign-in', { email, password, back: '/account' });
    assert.equal(path, '/account', main);
  }

  async #ask(path: string, init: RequestInit): Promise<Seen> {
    const cookie = Array.from(this.#cookies, ([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(new URL(path, this.#origin), {
      ...init,
      redirect: 'manual',
      headers: { accept: 'text/html', 'user-agent': 'Visitor/1', ...init.headers, cookie },
      signal: AbortSignal.timeout(15_000),
    });
    for (const set of response.headers.getSetCookie()) this.#keep(set);
    const text = await response.text();
    const to = response.headers.get('location');
    if (to !== null) return this.#ask(to, {});
    const [, main = text] = /<main[^>]*>([\s\S]*)<\/main>/.exec(text) ?? [];
    return { status: response.status, path, main };
  }

  #keep(set: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
    if (/max-age=0|expires=thu, 01 jan 1970/i.test(set)) this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  }
}

/** The value of a field, as it stands in a page. */
export function typedIn({ main }: Seen, name: string): string | undefined {
  const area = new RegExp(`<textarea[^>]* name="${name}"[^>]*>\n([^<]*)</textarea>`).exec(main)?.[1];
  const input = new RegExp(`<input[^>]* name="${name}"[^>]* value="([^"]*)"`).exec(main)?.[1];
  const value = area ?? input;
  return value === undefined ? undefined : decoded(value);
}

/** What a page says is wrong with a field. */
export function faultOf({ main }: Seen, name: string): string | undefined {
  const fault = new RegExp(`<p class="fault" id="field-${name}-fault">([^<]*)</p>`).exec(main)?.[1];
  return fault === undefined ? undefined : decoded(fault);
}
