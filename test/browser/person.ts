import assert from 'node:assert/strict';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Locator, Page, Response } from 'playwright-core';

const violationScript = fileURLToPath(new URL('./in-page/violation.js', import.meta.url));
let lastPictures = 0;

/** Where SCREENSHOTS names a folder, it also gets the last thing that each person saw: what a failed test is explained by. */
async function lastPicture(page: Page): Promise<void> {
  const folder = process.env.SCREENSHOTS;
  if (folder === undefined) return;
  const name = `last-${process.pid}-${++lastPictures}.png`;
  await page.screenshot({ path: join(folder, name) });
}

/** No step of a person waits longer than this for a page or for what is to be seen on it. */
const patienceMs = 10_000;

/** What somebody looks with. */
export interface Look {
  /** Of the window, in CSS pixels. @default 1440 */
  readonly width?: number;
  /** @default light */
  readonly colorScheme?: 'light' | 'dark';
  /** @default true */
  readonly javaScript?: boolean;
}

/** Somebody with a browser profile of their own, who notices what goes wrong in it on the way. */
export class Person implements AsyncDisposable {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly #faults: string[] = [];

  private constructor(context: BrowserContext, page: Page) {
    this.context = context;
    this.page = page;
  }

  static async open(browser: Browser, origin: string, look: Look): Promise<Person> {
    const { width = 1440, colorScheme = 'light', javaScript = true } = look;
    const context = await browser.newContext({
      baseURL: origin,
      viewport: { width, height: 900 },
      colorScheme,
      javaScriptEnabled: javaScript,
      reducedMotion: 'reduce',
      locale: 'en-GB',
      timezoneId: 'UTC',
    });
    context.setDefaultTimeout(patienceMs);
    await context.addInitScript({ path: violationScript });
    const person = new Person(context, await context.newPage());
    person.watch(person.page);
    return person;
  }

  /** Another tab of the same profile. */
  async tab(): Promise<Page> {
    const page = await this.context.newPage();
    this.watch(page);
    return page;
  }

  /** Opens a path of the site. @throws when the answer has another status */
  async go(path: string, status = 200): Promise<Response> {
    const response = await this.page.goto(path);
    assert.ok(response, `${path} has an answer`);
    assert.equal(response.status(), status, `${path}: ${response.url()}`);
    return response;
  }

  /** Signs in on the front's page, as a person does. */
  async signIn({ email, password }: { email: string; password: string }, path = '/sign-in'): Promise<void> {
    await this.go(path);
    await this.page.getByLabel('Email').fill(email);
    await this.page.getByLabel('Password').fill(password);
    await this.button('Sign in').click();
    await this.page.waitForURL((url) => !url.pathname.endsWith('/sign-in'));
  }

  /** A button in what the page is about, not in its head. */
  button(name: string | RegExp): Locator {
    return this.page.getByRole('main').getByRole('button', { name, exact: typeof name === 'string' });
  }

  /** What a page of this tab throws, logs as an error or is refused by its policy is a fault that this person notices. */
  watch(page: Page): void {
    // The browser logs every failed answer; that of a page itself is what the person sees, and so no fault of it.
    const pages = new Set<string>();
    page.on('response', (response) => {
      if (response.request().isNavigationRequest()) pages.add(response.url());
    });
    page.on('pageerror', (error) => this.#faults.push(`${page.url()}: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() !== 'error') return;
      const { url } = message.location();
      if (message.text().startsWith('Failed to load resource') && pages.has(url)) return;
      this.#faults.push(`${page.url()}: ${message.text()} (${url})`);
    });
  }

  /** The faults so far, which are forgiven with that. */
  takeFaults(): string[] {
    return this.#faults.splice(0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await lastPicture(this.page);
    await this.context.close();
  }
}
