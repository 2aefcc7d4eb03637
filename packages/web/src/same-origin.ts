import type { IncomingHttpHeaders } from 'node:http';
import { forbidden } from '@tsmicro/network';

const first = (header: string | string[] | undefined) =>
  String(header ?? '')
    .split(',', 1)[0]
    ?.trim() ?? '';

/** The hosts, with their ports, that this site may be reached at by this request. */
function hostsOf(headers: IncomingHttpHeaders): string[] {
  const host = first(headers['x-forwarded-host']) || (headers.host ?? '');
  const port = first(headers['x-forwarded-port']);
  // Some gateways say the port apart.
  return /:\d+$/.test(host) || port === '' ? [host] : [host, `${host}:${port}`];
}

function isOwnOrigin(origin: string, headers: IncomingHttpHeaders): boolean {
  const { host = '' } = URL.parse(origin) ?? {};
  return host !== '' && hostsOf(headers).includes(host);
}

/**
 * Refuses a form that another site sent. Browsers say who did, by `sec-fetch-site`, or by `origin` where the connection is
 * not a trustworthy one (OWASP Cross-Site Request Forgery Prevention, "Fetch Metadata").
 * @throws {ApiError} 403
 */
export function requireSameOrigin(headers: IncomingHttpHeaders): void {
  const site = headers['sec-fetch-site'];
  const own =
    site === undefined
      ? headers.origin !== undefined && isOwnOrigin(headers.origin, headers)
      : site === 'same-origin';
  if (!own) throw forbidden('this form was sent by another site');
}
