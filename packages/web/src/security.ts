// What a browser is told of every page (OWASP HTTP Headers Cheat Sheet): nothing inline runs, nothing is loaded from
// elsewhere but pictures, nobody frames a page, no address leaks to other sites.

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' https: http:",
  "connect-src 'self'",
  "font-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const guarded = [
  'content-security-policy',
  policy,
  'referrer-policy',
  'same-origin',
  'permissions-policy',
  'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'cross-origin-opener-policy',
  'same-origin',
];

/** The headers of everything that a site sends, names and values in turn; nosniff comes with every answer. */
export const guardedHeaders = (): string[] => [...guarded];

/** Those of what is written for one person at one moment. */
export const pageHeaders = (): string[] => [...guarded, 'cache-control', 'no-store'];
