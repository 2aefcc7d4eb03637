import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { createEntityTag, type Exchange, hasEntityTag, notFound } from '@tsmicro/network';
import { guardedHeaders } from './security.ts';
import type { SiteRouter } from './site-router.ts';

const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
};
const compressible = new Set(['.css', '.js', '.json', '.svg', '.webmanifest']);
const own = new URL('./asset/', import.meta.url);
const compress = promisify(gzip);

interface Asset {
  readonly contentType: string;
  readonly etag: string;
  readonly bytes: Buffer;
  readonly zipped: Buffer | undefined;
  /** The name with the hash of what is in it. */
  readonly hashedName: string;
}

async function readAsset(file: string): Promise<Asset> {
  const [name, extension] = [basename(file), extname(file)];
  const contentType = contentTypes[extension];
  if (contentType === undefined) throw new Error(`${file} is of a kind that no site serves`);
  const bytes = await readFile(file);
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
  const zipped = compressible.has(extension) ? await compress(bytes, { level: 9 }) : undefined;
  return {
    contentType,
    etag: createEntityTag(bytes.toString('latin1')),
    bytes,
    zipped: zipped !== undefined && zipped.length < bytes.length ? zipped : undefined,
    hashedName: `${name.slice(0, -extension.length)}.${hash}${extension}`,
  };
}

async function filesOf(place: URL): Promise<string[]> {
  const path = fileURLToPath(place);
  if (!place.pathname.endsWith('/')) return [path];
  const entries = await readdir(path, { withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path + entry.name);
}

const takesGzip = (header: string | string[] | undefined) =>
  /(?:^|,)\s*(?:gzip|\*)\s*(?:;\s*q=(?!0(?:\.0*)?\s*(?:,|$))[\d.]+\s*)?(?:,|$)/i.test(String(header ?? ''));

/** The files that pages refer to, in memory, under addresses that change with what is in them. */
export class Assets {
  readonly #prefix: string;
  readonly #byName: ReadonlyMap<string, Asset>;
  readonly #byHashedName: ReadonlyMap<string, Asset>;

  /** Use {@link openAssets}. */
  constructor(prefix: string, byName: ReadonlyMap<string, Asset>) {
    this.#prefix = prefix;
    this.#byName = byName;
    this.#byHashedName = new Map(Array.from(byName.values(), (asset) => [asset.hashedName, asset]));
  }

  /** Where a page finds a file: browsers keep what they got there. @throws for a file that is not there */
  url(name: string): string {
    const asset = this.#byName.get(name);
    if (asset === undefined) throw new Error(`there is no asset "${name}"`);
    return `${this.#prefix}/${asset.hashedName}`;
  }

  /** Serves the files: for good under their hashed names, to be asked for again under their own. */
  mount(router: Pick<SiteRouter, 'mount'>): void {
    router.mount('GET', `${this.#prefix}/:name`, (exchange) => this.#serve(exchange));
  }

  #serve(exchange: Exchange): void {
    const { name } = exchange.params as { readonly name: string };
    const hashed = this.#byHashedName.get(name);
    const asset = hashed ?? this.#byName.get(name);
    if (asset === undefined) {
      exchange.sendFailure(notFound('url not found'));
      return;
    }
    const life = hashed === undefined ? 'no-cache' : 'public, max-age=31536000, immutable';
    const headers = [
      ...guardedHeaders(),
      'cache-control',
      life,
      'etag',
      asset.etag,
      'vary',
      'accept-encoding',
    ];
    if (hasEntityTag(exchange.headers['if-none-match'], asset.etag)) {
      exchange.send(304, headers, '');
      return;
    }
    headers.push('content-type', asset.contentType);
    const zipped = takesGzip(exchange.headers['accept-encoding']) ? asset.zipped : undefined;
    if (zipped !== undefined) headers.push('content-encoding', 'gzip');
    exchange.sendBytes(200, headers, zipped ?? asset.bytes);
  }
}

/**
 * Reads the files of these folders, and single files, to be served below `prefix`: `base.css` of this package, then
 * those, of which a later one takes the place of an earlier one with the same name.
 * @throws for a file of a kind that no browser is told of here
 */
export async function openAssets(places: readonly URL[], prefix: string): Promise<Assets> {
  const byName = new Map<string, Asset>();
  for (const place of [own, ...places]) {
    for (const file of await filesOf(place)) byName.set(basename(file), await readAsset(file));
  }
  return new Assets(prefix, byName);
}
