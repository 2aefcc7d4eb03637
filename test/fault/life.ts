import type { Answer, AskOptions, System, Tokens } from '../system.ts';
import { type Fact, type Ledger, Unanswered } from './ledger.ts';
import type { Sight } from './sight.ts';

const password = 'a-long-password';
const pauseMs = 50;
/** The id of no comment. */
const nothing = '0123456789abcdef01234567';

type Ask = (method: string, path: string, options?: AskOptions) => Promise<Answer>;

/** People, keys and blogs that come, change and go: each write waits for the one before. */
export class Lives {
  readonly #ledger: Ledger;
  readonly #over = new AbortController();
  readonly #admin: string;
  readonly #ask: Ask;
  readonly #sight: Sight;
  readonly #working: Promise<unknown>[] = [];
  #number = 0;

  /** `admin` is the access token of somebody with all roles. */
  constructor(system: System, ledger: Ledger, sight: Sight, admin: string) {
    this.#ledger = ledger;
    this.#sight = sight;
    this.#admin = admin;
    this.#ask = (method, path, options) => system.ask(method, path, options);
  }

  /** Publishes the blog that comments are written to, and lets so many of each kind begin. */
  async begin(ofEach: number): Promise<void> {
    const { id, fact } = await this.#write('board');
    await this.#show(id, fact);
    this.#sight.board = id;
    for (const live of [() => this.#person(), () => this.#key(), () => this.#blog()])
      for (let i = 0; i < ofEach; i++) this.#working.push(this.#repeat(live));
    // What breaks one of them is thrown at their end.
    for (const working of this.#working) working.catch(() => {});
  }

  /** Ends once what is under way was answered. */
  async end(): Promise<void> {
    this.#over.abort();
    await Promise.all(this.#working);
  }

  async #repeat(live: () => Promise<void>): Promise<void> {
    while (!this.#over.signal.aborted) {
      try {
        await live();
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error;
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    }
  }

  /** Signs up, changes the name, writes comments, takes new tokens, signs out. */
  async #person(): Promise<void> {
    const ledger = this.#ledger;
    const person = `Person ${this.#number++}`;
    const body = { email: `${person.replace(' ', '-')}@example.com`, password, name: `${person} 0` };
    const signUp = this.#ask('POST', '/auth/signup/basic', { body });
    const { user, tokens } = await ledger.acknowledge<{ user: { id: string }; tokens: Tokens }>(
      person,
      signUp,
    );
    const name = ledger.learn(
      { what: `the name of ${person}`, read: () => this.#sight.nameOf(user.id), value: body.name },
      { type: 'events.auth.user.registered', entity: user.id },
    );
    let { session, token } = this.#session(person, tokens);
    const rename = async (to: string) => {
      const request = this.#ask('PUT', '/auth/profile/mine', { token, body: { name: to } });
      await ledger.change(name, to, request, { type: 'events.auth.user.updated', entity: user.id, mark: to });
    };
    await rename(`${person} 1`);
    await this.#comment(token, 'kept');
    await rename(`${person} 2`);
    const gone = await this.#comment(token, 'deleted');
    const removal = this.#ask('DELETE', `/blog/comments/id/${gone.id}`, { token });
    const deleted = { type: 'events.blog.comment.deleted', entity: gone.id };
    await ledger.change(gone.fact, 'none', removal, deleted);
    const revoked = () => ({ type: 'events.auth.session.revoked', entity: user.id, mark: idOf(token) });
    const refresh = this.#ask('POST', '/auth/token/refresh', {
      token,
      body: { refreshToken: tokens.refreshToken },
    });
    const renewed = await ledger.change<Tokens>(session, '401', refresh, revoked());
    await this.#isOut('a refreshed token', token);
    ({ session, token } = this.#session(person, renewed));
    await rename(`${person} 3`);
    await this.#comment(token, 'last');
    await ledger.change(session, '401', this.#ask('DELETE', '/auth/signout', { token }), revoked());
    await this.#isOut('a token that was signed out', token);
  }

  /** Both services refuse the token, the one that keeps decisions too. */
  async #isOut(what: string, token: string): Promise<void> {
    await this.#ledger.hold(what, 401, this.#ask('GET', '/auth/profile/mine', { token }));
    await this.#ledger.hold(what, 401, this.#ask('DELETE', `/blog/comments/id/${nothing}`, { token }));
  }

  #session(person: string, { accessToken: token }: Tokens): { session: Fact; token: string } {
    const read = async () => String((await this.#sight.read('/auth/profile/mine', { token })).status);
    return { session: this.#ledger.learn({ what: `the session of ${person}`, read, value: '200' }), token };
  }

  async #comment(token: string, text: string): Promise<{ id: string; fact: Fact }> {
    const request = this.#ask('POST', `/blog/comments/blog/${this.#sight.board}`, { token, body: { text } });
    const { _id: id } = await this.#ledger.acknowledge<{ _id: string }>('a comment', request);
    const read = async () => (await this.#sight.comments()).get(id)?.text ?? 'none';
    const told = { type: 'events.blog.comment.created', entity: id };
    const fact = this.#ledger.learn({ what: `comment ${id}`, read, value: text }, told);
    const edit = this.#ask('PUT', `/blog/comments/id/${id}`, { token, body: { text: `${text}, changed` } });
    await this.#ledger.change(fact, `${text}, changed`, edit);
    return { id, fact };
  }

  /** An API key is made, replaced at once and revoked. */
  async #key(): Promise<void> {
    const ledger = this.#ledger;
    const token = this.#admin;
    const made = (entity: string) => ({ type: 'events.auth.apikey.created', entity });
    const over = (entity: string) => ({ type: 'events.auth.apikey.revoked', entity });
    const opens = (key: string, id: string, ...tells: ReturnType<typeof made>[]) => {
      const read = async () =>
        String((await this.#sight.read('/auth/verify/apikey', { apiKey: key })).status);
      return ledger.learn({ what: `API key ${id}`, read, value: '200' }, ...tells);
    };
    const creation = this.#ask('POST', '/auth/apikeys', { token, body: { permissions: ['GENERAL'] } });
    const first = await ledger.acknowledge<{ id: string; key: string }>('an API key', creation);
    const { id } = first;
    const old = opens(first.key, id, made(id));
    const rotation = this.#ask('POST', `/auth/apikeys/id/${id}/rotate`, { token, body: { graceSec: 0 } });
    const next = await ledger.change<{ id: string; key: string }>(old, '403', rotation, made(id), over(id));
    const current = opens(next.key, next.id);
    const removal = this.#ask('DELETE', `/auth/apikeys/id/${next.id}`, { token });
    await ledger.change(current, '403', removal, over(next.id));
    await ledger.hold('a revoked key', 403, this.#ask('GET', '/auth/verify/apikey', { apiKey: next.key }));
  }

  /** A blog is written, shown, taken away and shown again; every third is deleted. */
  async #blog(): Promise<void> {
    const number = this.#number++;
    const token = this.#admin;
    const { id, fact } = await this.#write(`blog-${number}`);
    await this.#show(id, fact);
    const step = (path: string) => this.#ask('PUT', `/blog/${path}/id/${id}`, { token });
    const told = (what: string) => ({ type: `events.blog.blog.${what}`, entity: id });
    await this.#ledger.change(fact, 'drafted', step('editor/unpublish'), told('unpublished'));
    await this.#ledger.hold('an unpublished blog', 404, this.#ask('GET', `/blog/id/${id}`));
    await this.#show(id, fact);
    if (number % 3 !== 0) return;
    const removal = this.#ask('DELETE', `/blog/author/id/${id}`, { token });
    await this.#ledger.change(fact, '404', removal, told('deleted'));
    await this.#ledger.hold('a deleted blog', 404, this.#ask('GET', `/blog/id/${id}`));
  }

  async #write(slug: string): Promise<{ id: string; fact: Fact }> {
    const token = this.#admin;
    const words = { title: `About ${slug}`, description: 'Written under faults', draftText: 'Text' };
    const body = { ...words, slug, imgUrl: '/i.png', tags: ['FAULT'] };
    const request = this.#ask('POST', '/blog/author', { token, body });
    const { _id: id } = await this.#ledger.acknowledge<{ _id: string }>('a blog', request);
    return {
      id,
      fact: this.#ledger.learn({ what: slug, read: () => this.#sight.stateOf(id), value: 'drafted' }),
    };
  }

  async #show(id: string, fact: Fact): Promise<void> {
    const token = this.#admin;
    const step = (path: string) => this.#ask('PUT', `/blog/${path}/id/${id}`, { token });
    const told = (what: string) => ({ type: `events.blog.blog.${what}`, entity: id });
    await this.#ledger.change(fact, 'drafted, submitted', step('author/submit'), told('submitted'));
    await this.#ledger.change(fact, 'published', step('editor/publish'), told('published'));
    await this.#ledger.hold('a published blog', 200, this.#ask('GET', `/blog/id/${id}`));
  }
}

/** The `jti` of a token. */
function idOf(token: string): string {
  const [, claims = ''] = token.split('.');
  return (JSON.parse(Buffer.from(claims, 'base64url').toString()) as { jti: string }).jti;
}
