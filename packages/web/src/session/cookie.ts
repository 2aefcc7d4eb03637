// Cookies (RFC 6265bis): no script reads them, no other site's form sends them, and under TLS their names begin with what
// keeps a neighbour from setting them (`__Host-`, or `__Secure-` below a path).
import type { IncomingHttpHeaders } from 'node:http';

/** What the cookies of a site are like. */
export interface CookieOptions {
  name: string;
  path: string;
  /** Also where the connection to the browser is not known to be one of TLS. */
  secureOnly: boolean;
}

const longestNotice = 1_000;
const noticeLifeSec = 60;

function cookieOf(header: string | undefined, name: string): string | undefined {
  const pair = header?.split(';').find((one) => one.trimStart().startsWith(`${name}=`));
  return pair?.trim().slice(name.length + 1);
}

/** The cookies of a site: the session's, and the one with what the next page says. */
export class Cookies {
  readonly #options: CookieOptions;

  constructor(options: CookieOptions) {
    this.#options = options;
  }

  /** The secret of the session. */
  readSession(headers: IncomingHttpHeaders): string | undefined {
    return cookieOf(headers.cookie, this.#nameFor(headers));
  }

  /** The header that sets the session's, or takes it away. */
  setSession(headers: IncomingHttpHeaders, secret: string | undefined, ttlSec: number): string {
    return this.#set(headers, this.#nameFor(headers), secret, ttlSec);
  }

  readNotice(headers: IncomingHttpHeaders): string | undefined {
    const value = cookieOf(headers.cookie, this.#noticeName);
    return value ? Buffer.from(value, 'base64url').toString() : undefined;
  }

  setNotice(headers: IncomingHttpHeaders, notice: string | undefined): string {
    const value = notice && Buffer.from(notice.slice(0, longestNotice)).toString('base64url');
    return this.#set(headers, this.#noticeName, value, noticeLifeSec);
  }

  get #noticeName(): string {
    return `${this.#options.name}-notice`;
  }

  #nameFor(headers: IncomingHttpHeaders): string {
    const { name, path } = this.#options;
    if (!this.#isSecure(headers)) return name;
    return path === '/' ? `__Host-${name}` : `__Secure-${name}`;
  }

  #isSecure(headers: IncomingHttpHeaders): boolean {
    return this.#options.secureOnly || headers['x-forwarded-proto'] === 'https';
  }

  #set(headers: IncomingHttpHeaders, name: string, value: string | undefined, ttlSec: number): string {
    const life = value === undefined ? 0 : ttlSec;
    const secure = this.#isSecure(headers) ? '; Secure' : '';
    return `${name}=${value ?? ''}; Path=${this.#options.path}; Max-Age=${life}; HttpOnly; SameSite=Lax${secure}`;
  }
}
