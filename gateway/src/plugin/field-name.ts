import type { Mapping } from '../declaration/mapping.ts';

/** A header's name (RFC 9110 section 5.1). */
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** They frame the message or name its target: no plugin's to read or to write. */
const reserved =
  /^(?:connection|content-length|expect|host|keep-alive|te|trailer|transfer-encoding|upgrade)$/;

/** Reads a header's name, in lower case; notes one that no plugin may be given. */
export function fieldName(config: Mapping, field: string): string | undefined {
  const name = config.text(field)?.toLowerCase();
  if (name === undefined || (token.test(name) && !reserved.test(name))) return name;
  config.complain(field, 'must be the name of a header that does not belong to the connection');
  return undefined;
}
