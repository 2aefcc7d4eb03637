/** The target of a request line (RFC 9112 section 3.2.1), taken apart. */
export interface RequestTarget {
  /** Normalised: what routes are matched against, what the service gets, and the only reading there is. */
  readonly path: string;
  /** With its "?", as it came; empty without one. */
  readonly query: string;
}

const visibleAscii = /^\/[\x21\x22\x24-\x7e]*$/;
/** What makes a path worth a closer look: an escape, a backslash, an empty segment, one that begins with a dot. */
const unusual = /[%\\]|\/[/.]/;
const escapes = /%([0-9A-Fa-f]{2})?/g;
const unreserved = /[A-Za-z0-9\-._~]/;
const forbidden = /\\|%(?:[01][0-9A-F]|7F|5C)|\/\/|(?:\/|%2F)\.\.?(?:\/|%2F|;|$)/;
const slashInPrefix = /^\/[^/]*%2F/;

/** Escapes of unreserved characters are resolved, the others kept in upper case (RFC 3986 section 6.2.2). */
function normalise(path: string): string | undefined {
  let malformed = false;
  const normal = path.replace(escapes, (match, hex: string | undefined) => {
    if (hex === undefined) {
      malformed = true;
      return match;
    }
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return unreserved.test(character) ? character : match.toUpperCase();
  });
  if (malformed || forbidden.test(normal) || slashInPrefix.test(normal)) return undefined;
  try {
    decodeURIComponent(normal);
  } catch {
    // Not UTF-8, as in %C0%AF: an overlong "/" to a lenient decoder.
    return undefined;
  }
  return normal;
}

/**
 * Takes a target apart and normalises its path once. Undefined for what two readers could understand differently:
 * dot segments, empty segments, backslashes, control characters, escapes that are none or not UTF-8, `%2F` in the
 * first segment (further on it is data and stays), "#", and anything but visible ASCII.
 */
export function parseRequestTarget(url: string): RequestTarget | undefined {
  if (!visibleAscii.test(url)) return undefined;
  const mark = url.indexOf('?');
  const path = mark === -1 ? url : url.slice(0, mark);
  const query = mark === -1 ? '' : url.slice(mark);
  if (!unusual.test(path)) return { path, query };
  const normal = normalise(path);
  return normal === undefined ? undefined : { path: normal, query };
}
