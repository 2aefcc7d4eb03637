/** Visible ASCII only: browsers take tabs and line ends out of an address, and a backslash for a slash. */
const form = /^\/(?!\/)[!-[\]-~]*$/;
/** The name of an article may be 200 characters, which in a path are up to twelve each. */
const maxLength = 4_000;

/** Whether a text is a path of this site, whatever a browser makes of it. */
export function isOwnPath(text: string): boolean {
  return text.length <= maxLength && form.test(text);
}

/** Where somebody wants to go back to: `text` when it is a path of this site, else `otherwise`. */
export function ownPath(text: string | null | undefined, otherwise = '/'): string {
  return typeof text === 'string' && isOwnPath(text) ? text : otherwise;
}
