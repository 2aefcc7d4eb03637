import type { Answer, AskOptions, System } from '../system.ts';

const pauseMs = 50;
const backMs = 15_000;
const pageSize = 1_000;

/** A comment as readers see it. */
interface ShownComment {
  _id: string;
  text?: string;
  author?: { _id: string; name: string };
}

/** What has become of people, keys, blogs and comments, as it is shown to those who may see it. */
export class Sight {
  readonly #system: System;
  readonly #admin: string;
  /** The blog whose comments are meant. */
  board = '';
  #comments: Promise<Map<string, ShownComment>> | undefined;

  /** `admin` is the access token of somebody with all roles. */
  constructor(system: System, admin: string) {
    this.#system = system;
    this.#admin = admin;
  }

  /** Names of authors that blog shows otherwise than auth. */
  async strangeNames(): Promise<string[]> {
    this.#comments = undefined;
    const shown = new Map<string, Set<string>>();
    for (const { author } of (await this.comments()).values()) {
      if (author === undefined) continue;
      shown.set(author._id, (shown.get(author._id) ?? new Set()).add(author.name));
    }
    const strange: string[] = [];
    for (const [id, names] of shown) {
      const name = await this.nameOf(id);
      if ([...names].some((other) => other !== name)) strange.push(`${[...names].join(', ')}, not ${name}`);
    }
    return strange;
  }

  /** Whether what an event tells the creation of is there. */
  async exists(type: string, entity: string): Promise<boolean> {
    if (type === 'events.auth.user.registered') return (await this.nameOf(entity)) !== '404';
    if (type === 'events.blog.comment.created') return (await this.comments()).has(entity);
    if (type !== 'events.auth.apikey.created') return false;
    const { status } = await this.read(`/auth/apikeys/id/${entity}`, { token: this.#admin });
    return status === 200;
  }

  /** As its author sees it; readers have to see it when it is published, and only then. */
  async stateOf(id: string): Promise<string> {
    const { status, body } = await this.read(`/blog/author/id/${id}`, { token: this.#admin });
    const flags = (body?.data ?? {}) as Record<string, unknown>;
    const state = ['drafted', 'submitted', 'published'].filter((flag) => flags[flag] === true).join(', ');
    const reader = (await this.read(`/blog/id/${id}`)).status;
    if ((reader === 200) !== (flags.published === true)) return `${state}, but ${reader} for readers`;
    return state === '' ? String(status) : state;
  }

  async nameOf(id: string): Promise<string> {
    const { status, body } = await this.read(`/auth/profile/id/${id}`);
    const { name } = (body?.data ?? {}) as { name?: string };
    return name ?? String(status);
  }

  /** What is read says what is true, and not that something is not quite back yet. */
  async read(path: string, options?: AskOptions): Promise<Answer> {
    const deadline = performance.now() + backMs;
    for (;;) {
      const answer = await this.#system.ask('GET', path, options);
      if (answer.status < 500) return answer;
      if (performance.now() > deadline) throw new Error(`GET ${path}: ${answer.status} ${answer.text}`);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }

  comments(): Promise<Map<string, ShownComment>> {
    this.#comments ??= this.#readComments();
    return this.#comments;
  }

  async #readComments(): Promise<Map<string, ShownComment>> {
    const all = new Map<string, ShownComment>();
    for (let page = 1; ; page++) {
      const path = `/blog/comments/blog/${this.board}?page=${page}&limit=${pageSize}`;
      const { status, body, text } = await this.read(path);
      if (status !== 200) throw new Error(`GET ${path}: ${status} ${text}`);
      const comments = body?.data as ShownComment[];
      for (const comment of comments) all.set(comment._id, comment);
      if (comments.length < pageSize) return all;
    }
  }
}
