// The variable API_KEY_GRANTS: keys that whoever sets the system up has given to its own processes, such as the pages that
// people read. It has no key, only what is stored of one: FRONT:<SHA-256 in hex>,CONSOLE:<SHA-256 in hex>.

/** A key that was given away. */
export interface GivenKey {
  readonly hash: string;
  readonly permission: string;
  /** Stays with the row, whatever key takes its place: by this it is known that it was given once. */
  readonly comment: string;
}

/** The keys of a text that the schema of the configuration has let pass. */
export function parseGrants(text: string): GivenKey[] {
  return text
    .split(',')
    .filter((part) => part !== '')
    .map((part) => {
      const [permission = '', hash = ''] = part.split(':');
      const comment = `Given by API_KEY_GRANTS to ${permission}, ${hash.slice(0, 16)}`;
      return { permission, hash, comment };
    });
}
