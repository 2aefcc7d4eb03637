// As much of a browser as the tests need: cookies, and what it says of where a form comes from.

/** What came back. */
export interface Seen {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Visits sites; redirects are not followed. */
export class Browser {
  readonly cookies = new Map<string, string>();
  readonly setCookies: string[] = [];

  /** Shares the cookies of another one, as a tab does. */
  constructor(of?: Browser) {
    if (of !== undefined) this.cookies = of.cookies;
  }

  get(url: string, headers: Record<string, string> = {}): Promise<Seen> {
    return this.#ask(url, { headers: { accept: 'text/html', ...headers } });
  }

  post(url: string, form: Record<string, string> = {}, headers: Record<string, string> = {}): Promise<Seen> {
    const sent = { accept: 'text/html', 'sec-fetch-site': 'same-origin', ...headers };
    return this.#ask(url, { method: 'POST', body: new URLSearchParams(form), headers: sent });
  }

  async #ask(
    url: string,
    { headers, ...init }: RequestInit & { headers: Record<string, string> },
  ): Promise<Seen> {
    const cookie = Array.from(this.cookies, ([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, {
      ...init,
      headers: cookie === '' ? headers : { ...headers, cookie },
      redirect: 'manual',
    });
    for (const header of response.headers.getSetCookie()) this.#keep(header);
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  #keep(header: string): void {
    this.setCookies.push(header);
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(header) ?? [];
    if (value === '') this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}
