import { ApiError, notFound, unavailable } from '@tsmicro/network';
import { type Answer, jsonContentType } from '../proxy/answer.ts';
import { isAsset, readAsset } from './asset.ts';
import { Content, redirectTo } from './content.ts';
import { overviewPage } from './page/overview-page.ts';
import { servicePage } from './page/service-page.ts';
import { pageOf } from './page/sidebar.ts';
import { type ServiceReference, toReference } from './reference/service.ts';
import type { ServiceSource, Snapshot } from './service-source.ts';

const htmlContentType = 'text/html; charset=utf-8';
const absent = () => notFound('url not found');

interface Written {
  /** What it was written from: as long as these are the same, it holds. */
  readonly from: readonly Snapshot[];
  readonly content: Content;
}

/** The reference of all services: pages for people, documents for tools. */
export class Docs {
  readonly #sources: readonly ServiceSource[];
  readonly #written = new Map<string, Written>();
  readonly #assets = new Map<string, Promise<Content>>();
  readonly #references = new WeakMap<Snapshot, ServiceReference>();

  constructor(sources: readonly ServiceSource[]) {
    this.#sources = sources;
  }

  /**
   * What stands at a path below `/docs`.
   * @throws {ApiError} 404; 503 for the document of a service that has never been heard of
   */
  async find(path: string, ifNoneMatch: string | undefined): Promise<Answer> {
    if (path === '/docs') return redirectTo('/docs/');
    const [name = '', file, ...rest] = path.slice('/docs/'.length).split('/').map(decodeURIComponent);
    if (rest.length > 0) throw absent();
    if (file === undefined && (isAsset(name) || name === 'services.json' || name === '')) {
      return (await this.#top(name)).answer(ifNoneMatch);
    }
    const source = this.#sources.find((one) => one.name === name);
    if (source === undefined) throw absent();
    if (file === undefined) return redirectTo(pageOf(name));
    const content = file === '' ? await this.#page(path, name) : await this.#document(path, source, file);
    return content.answer(ifNoneMatch);
  }

  async #top(name: string): Promise<Content> {
    if (name === 'services.json') {
      const snapshots = await this.#readAll();
      return this.#keep(
        name,
        snapshots,
        () => new Content(jsonContentType, JSON.stringify(this.#list(snapshots))),
      );
    }
    return name === '' ? this.#page('/docs/', undefined) : this.#asset(name);
  }

  async #page(path: string, service: string | undefined): Promise<Content> {
    const snapshots = await this.#readAll();
    return this.#keep(path, snapshots, () => {
      const services = snapshots.map((snapshot) => this.#referenceOf(snapshot));
      const shown = services.find(({ name }) => name === service);
      const page = shown === undefined ? overviewPage(services) : servicePage(shown, services);
      return new Content(htmlContentType, page.text);
    });
  }

  async #document(path: string, source: ServiceSource, file: string): Promise<Content> {
    if (file !== 'openapi.json' && file !== 'asyncapi.json') throw absent();
    const snapshot = await source.read();
    if (snapshot.documents === undefined) throw unavailable();
    const document = snapshot.documents[file === 'openapi.json' ? 'openapi' : 'asyncapi'];
    if (document === undefined) throw absent();
    return this.#keep(path, [snapshot], () => new Content(jsonContentType, JSON.stringify(document)));
  }

  #asset(name: string): Promise<Content> {
    const content =
      this.#assets.get(name) ??
      readAsset(name).then(({ contentType, text }) => new Content(contentType, text));
    this.#assets.set(name, content);
    return content;
  }

  #list(snapshots: readonly Snapshot[]): object {
    return {
      services: snapshots.map(({ name, away, documents }) => ({
        name,
        away: away ?? null,
        ...(documents === undefined ? {} : { openapi: `${pageOf(name)}openapi.json` }),
        ...(documents?.asyncapi === undefined ? {} : { asyncapi: `${pageOf(name)}asyncapi.json` }),
      })),
    };
  }

  async #readAll(): Promise<Snapshot[]> {
    return Promise.all(this.#sources.map((source) => source.read()));
  }

  #referenceOf(snapshot: Snapshot): ServiceReference {
    const { name, documents, away } = snapshot;
    const reference = this.#references.get(snapshot) ?? toReference(name, documents, away);
    this.#references.set(snapshot, reference);
    return reference;
  }

  #keep(key: string, from: readonly Snapshot[], write: () => Content): Content {
    const known = this.#written.get(key);
    if (known?.from.every((snapshot, i) => snapshot === from[i])) return known.content;
    const content = write();
    this.#written.set(key, { from, content });
    return content;
  }
}

/** A method that no page has. */
export const methodRefused = () => new ApiError(405, 'method is not supported');
