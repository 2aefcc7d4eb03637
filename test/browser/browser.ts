import assert from 'node:assert/strict';
import { type Browser, chromium } from 'playwright-core';
import { obtainChromium } from './chromium.ts';
import { type Look, Person } from './person.ts';

/** A browser that reaches loopback and nothing else. */
export class OpenBrowser {
  readonly #browser: Browser;
  readonly #people: Person[] = [];

  constructor(browser: Browser) {
    this.#browser = browser;
  }

  /** Somebody who looks at the pages of `origin` for the first time: nothing kept, no cookie. */
  async person(origin: string, look: Look = {}): Promise<Person> {
    const person = await Person.open(this.#browser, origin, look);
    this.#people.push(person);
    return person;
  }

  /** For after each test. @throws when a page has said something on the console since, to whomever */
  assertSilence(): void {
    const faults = this.#people.splice(0).flatMap((person) => person.takeFaults());
    assert.deepEqual(faults, [], 'no page says a word on the console');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
  }
}

/** Starts the browser. */
export async function openBrowser(): Promise<OpenBrowser> {
  const browser = await chromium.launch({
    executablePath: await obtainChromium(),
    args: [
      // Root may not start it otherwise; what it is shown is our own.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    ],
  });
  return new OpenBrowser(browser);
}
