const linkProtocols = new Set(['http:', 'https:', 'mailto:']);
const pictureProtocols = new Set(['http:', 'https:']);

/** Any address that paths are resolved against; none of it is left in what comes out. */
const ground = 'https://front.invalid';

function toPath(text: string): string | undefined {
  const url = URL.parse(text, ground);
  return url?.origin === ground ? url.pathname + url.search + url.hash : undefined;
}

function toAddress(text: string, protocols: ReadonlySet<string>): string | undefined {
  const trimmed = text.trim();
  if (trimmed.startsWith('/')) return toPath(trimmed);
  const url = URL.parse(trimmed);
  return url && protocols.has(url.protocol) ? url.href : undefined;
}

/**
 * Where a link of a stranger may lead: an address of http, https or mailto, or an absolute path of this site; undefined
 * for all else. It comes back as the URL standard writes it (https://url.spec.whatwg.org), so that a browser reads in it
 * what was read here.
 */
export function toLinkAddress(text: string): string | undefined {
  return toAddress(text, linkProtocols);
}

/** Where a picture of a stranger may come from: http, https, or an absolute path of this site. */
export function toPictureAddress(text: string): string | undefined {
  return toAddress(text, pictureProtocols);
}
