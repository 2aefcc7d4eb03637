/** The last page that the gateway counts to. */
const lastPage = 1_000;

/** One page of a list. */
export interface Listed<T> {
  readonly items: readonly T[];
  readonly page: number;
  /** Whether there is another page behind this one. */
  readonly more: boolean;
}

/**
 * Reads a page of `size` items. The gateway does not say how many there are: after a full page it is asked for the one
 * item behind it, where it still counts.
 */
export async function readListed<T>(
  page: number,
  size: number,
  read: (part: { page: number; limit: number }) => Promise<T[]>,
): Promise<Listed<T>> {
  const items = await read({ page, limit: size });
  const next = page * size + 1;
  const full = items.length === size && next <= lastPage;
  const behind = full ? await read({ page: next, limit: 1 }) : [];
  return { items, page, more: behind.length > 0 };
}
