import { System, type Tokens } from '../system.ts';
import { type OpenBrowser, openBrowser } from './browser.ts';
import type { Look, Person } from './person.ts';
import { Pictures } from './pictures.ts';

/** Somebody who has signed up, with what they sign in by. */
export interface Account {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly password: string;
  readonly tokens: Tokens;
}

/** The words of an article; what is left out is made up. */
export interface Words {
  readonly title: string;
  readonly description?: string;
  readonly draftText?: string;
  readonly slug?: string;
  readonly imgUrl?: string;
  readonly tags?: readonly string[];
}

/** An article as its author has it. */
export interface Article {
  readonly _id: string;
  readonly slug: string;
}

/** The seeded admin, who holds every role. */
export const admin = { email: 'admin@afteracademy.com', password: 'changeit' };

/** A system of its own, a browser in front of it, and the quick way through the API to what a story begins with. */
export class Stage implements AsyncDisposable {
  readonly system: System;
  readonly browser: OpenBrowser;
  readonly pictures: Pictures;
  /** The address of the gateway, which is that of all pages. */
  readonly origin: string;
  #admin: Tokens | undefined;

  private constructor(system: System, browser: OpenBrowser, pictures: Pictures, origin: string) {
    this.system = system;
    this.browser = browser;
    this.pictures = pictures;
    this.origin = origin;
  }

  static async open(): Promise<Stage> {
    const system = await System.open();
    const { gateway } = await system.addresses();
    return new Stage(system, await openBrowser(), await Pictures.open(), gateway);
  }

  /** Somebody who looks for the first time. */
  person(look: Look = {}): Promise<Person> {
    return this.browser.person(this.origin, look);
  }

  /** Somebody who has signed in at the front as a person does. */
  async signedIn(account: { email: string; password: string }, look: Look = {}): Promise<Person> {
    const person = await this.person(look);
    await person.signIn(account);
    return person;
  }

  /** Signs up; with roles beside LEARNER when there are some. */
  async account(name: string, ...roles: string[]): Promise<Account> {
    const email = `${(name.toLowerCase().match(/[a-z\d]+/g) ?? ['somebody']).join('.')}@example.com`;
    const password = `${name.length} long and secret words`;
    const body = { email, password, name };
    const { user, tokens } = await this.system.data<{ user: { id: string }; tokens: Tokens }>(
      'POST',
      '/auth/signup/basic',
      { body },
    );
    if (roles.length > 0) await this.give(user.id, 'LEARNER', ...roles);
    return { id: user.id, name, email, password, tokens };
  }

  async give(id: string, ...roles: string[]): Promise<void> {
    const { accessToken: token } = await this.adminTokens();
    await this.system.data('PUT', `/auth/admin/users/id/${id}/roles`, { body: { roles }, token });
  }

  async adminTokens(): Promise<Tokens> {
    this.#admin ??= await this.system.signIn();
    return this.#admin;
  }

  async draft({ tokens }: Pick<Account, 'tokens'>, words: Words): Promise<Article> {
    const slug = words.title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
    const body = {
      description: `What there is to say: ${words.title}`,
      draftText: `${words.title}, in a few words.`,
      slug,
      imgUrl: this.pictures.url(slug),
      tags: ['NATURE'],
      ...words,
    };
    return await this.system.data<Article>('POST', '/blog/author', { body, token: tokens.accessToken });
  }

  async submitted(author: Pick<Account, 'tokens'>, words: Words): Promise<Article> {
    const article = await this.draft(author, words);
    const token = author.tokens.accessToken;
    await this.system.data('PUT', `/blog/author/submit/id/${article._id}`, { token });
    return article;
  }

  async published(author: Pick<Account, 'tokens'>, words: Words): Promise<Article> {
    const article = await this.submitted(author, words);
    const { accessToken: token } = await this.adminTokens();
    await this.system.data('PUT', `/blog/editor/publish/id/${article._id}`, { token });
    return article;
  }

  async comment({ tokens }: Pick<Account, 'tokens'>, blog: string, text: string, parent?: string) {
    const body = { text, ...(parent === undefined ? {} : { parent }) };
    const token = tokens.accessToken;
    return await this.system.data<{ _id: string }>('POST', `/blog/comments/blog/${blog}`, { body, token });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser[Symbol.asyncDispose]();
    await this.pictures[Symbol.asyncDispose]();
    await this.system[Symbol.asyncDispose]();
  }
}
