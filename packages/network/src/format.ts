// The formats of text that the contract knows. Each is bounded and linear in the length of its input.

const emailLocal = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~\-\u0080-\u{10FFFF}]+$/u;
const domainLabel =
  /^[A-Za-z0-9\u0080-\u{10FFFF}](?:[A-Za-z0-9\-\u0080-\u{10FFFF}]{0,61}[A-Za-z0-9\u0080-\u{10FFFF}])?$/u;

/** What most addresses look like: checked at once, where the rules below would be walked through one by one. */
const plainEmail =
  /^[A-Za-z0-9_-]{1,30}(?:\.[A-Za-z0-9_-]{1,30})?@(?:[A-Za-z0-9]{1,63}\.){1,3}[A-Za-z0-9]{1,63}$/;

/** A mailbox as people write it (the dot-atom form of RFC 5322), with at least two labels in its domain. */
export function isEmail(text: string): boolean {
  if (plainEmail.test(text)) return text.length <= 254;
  const at = text.lastIndexOf('@');
  const local = text.slice(0, at);
  const labels = text.slice(at + 1).split('.');
  return (
    at > 0 &&
    text.length <= 254 &&
    local.length <= 64 &&
    emailLocal.test(local) &&
    !local.startsWith('.') &&
    !local.endsWith('.') &&
    !local.includes('..') &&
    labels.length >= 2 &&
    labels.every((label) => domainLabel.test(label)) &&
    !/\s/u.test(text)
  );
}

const dateTime =
  /^(\d{4}-(?:0[1-9]|1[0-2])-\d{2})[Tt](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** A moment as RFC 3339 writes it, of a day that there is; leap seconds, which nothing here could keep, are refused. */
export function isDateTime(text: string): boolean {
  const [, day] = dateTime.exec(text) ?? [];
  if (day === undefined) return false;
  const midnight = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
}

/** A UUID of any version, in any letter case. */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text);
}

/** A MongoDB ObjectId: exactly 24 hexadecimal digits. */
export function isMongoId(text: string): boolean {
  return /^[0-9a-fA-F]{24}$/.test(text);
}

/** What most URLs look like, and no parser can object to: a named host without punycode, a port, visible ASCII. */
const plainUrl =
  /^https?:\/\/(?!(?:[^/?#]*[./])?xn--)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}[a-z]{2,24}(?::\d{1,4})?(?:[/?#][!#-;=?-[\]^_`a-{|}~]*)?$/;

/** An absolute http or https URL. */
export function isHttpUrl(text: string): boolean {
  if (plainUrl.test(text)) return true;
  if (!/^https?:\/\/[^\s\\<>"]+$/i.test(text)) return false;
  const url = URL.parse(text);
  return url !== null && url.hostname !== '';
}

/** An absolute http or https URL, or the path of one on this host (`/img/1.png`, never `//host`). */
export function isHttpUrlOrPath(text: string): boolean {
  return isHttpUrl(text) || /^\/(?!\/)[^\s\\<>"]*$/.test(text);
}
