/** One entry of a route's `hosts`. */
export interface HostPattern {
  readonly text: string;
  /** Whether it stands for exactly one host. */
  readonly plain: boolean;
  /** `host` as a client says it, in lower case. */
  matches(host: string): boolean;
}

const withPort = /:\d+$/;

/** The host without its port. */
const nameOf = (host: string) => host.replace(withPort, '');

/**
 * A host of a route in Kong's notation: a name, with `*` as its first or last label for any; without a port it matches
 * on every port.
 * @throws {SyntaxError} saying what is wrong, to follow the field's name
 */
export function createHostPattern(text: string): HostPattern {
  const wanted = text.toLowerCase();
  if (!/^(?:\*\.[^*\s/]+|[^*\s/]+\.\*(?::\d+)?|[^*\s/]+)$/.test(wanted)) {
    throw new SyntaxError('must be a host, with "*" as its first or its last label at most');
  }
  const read = withPort.test(wanted) ? (host: string) => host : nameOf;
  if (wanted.startsWith('*')) {
    const end = wanted.slice(1);
    return { text, plain: false, matches: (host) => read(host).endsWith(end) };
  }
  const [start = '', port] = wanted.split('*');
  if (port === undefined) return { text, plain: true, matches: (host) => read(host) === wanted };
  return {
    text,
    plain: false,
    matches: (host) => read(host).startsWith(start) && read(host).endsWith(port),
  };
}
