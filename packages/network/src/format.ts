// The formats of text that the contract knows. Each is bounded and linear in the length of its input.

const emailLocal = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~\-\u0080-\u{10FFFF}]+$/u;
const domainLabel =
  /^[A-Za-z0-9\u0080-\u{10FFFF}](?:[A-Za-z0-9\-\u0080-\u{10FFFF}]{0,61}[A-Za-z0-9\u0080-\u{10FFFF}])?$/u;

/** A mailbox as people write it (the dot-atom form of RFC 5322), with at least two labels in its domain. */
export function isEmail(text: string): boolean {
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

/** A UUID of any version, in any letter case. */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text);
}

/** A MongoDB ObjectId: exactly 24 hexadecimal digits. */
export function isMongoId(text: string): boolean {
  return /^[0-9a-fA-F]{24}$/.test(text);
}

/** An absolute http or https URL. */
export function isHttpUrl(text: string): boolean {
  if (!/^https?:\/\/[^\s\\<>"]+$/i.test(text)) return false;
  const url = URL.parse(text);
  return url !== null && url.hostname !== '';
}

/** An absolute http or https URL, or the path of one on this host (`/img/1.png`, never `//host`). */
export function isHttpUrlOrPath(text: string): boolean {
  return isHttpUrl(text) || /^\/(?!\/)[^\s\\<>"]*$/.test(text);
}
