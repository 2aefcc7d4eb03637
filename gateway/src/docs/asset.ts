import { readFile } from 'node:fs/promises';

const contentTypes: Readonly<Record<string, string>> = {
  'docs.css': 'text/css; charset=utf-8',
  'docs.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
};

/** A file that pages refer to. */
export interface Asset {
  readonly contentType: string;
  readonly text: string;
}

/** Whether a page may refer to a file of this name. */
export const isAsset = (name: string) => Object.hasOwn(contentTypes, name);

/** Reads a file that ships with the gateway. */
export async function readAsset(name: string): Promise<Asset> {
  const text = await readFile(new URL(`./asset/${name}`, import.meta.url), 'utf8');
  return { text, contentType: contentTypes[name] ?? 'application/octet-stream' };
}
