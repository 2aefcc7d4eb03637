/** Whom one entry of `origins` lets in. */
export interface OriginRule {
  allows(origin: string): boolean;
  /** The one origin that it is, where it is no regular expression. */
  readonly only: string | undefined;
}

/** As Kong tells the two apart. */
const plainOrigin = /^[A-Za-z0-9.:/-]+$/;

/** An origin as browsers write it, without the port that its scheme has anyway; anything else stays as it is. */
export function normalizeOrigin(origin: string): string {
  const url = /^https?:\/\//i.test(origin) ? URL.parse(origin) : null;
  return url === null ? origin : url.origin;
}

const hostOf = (origin: string) => URL.parse(origin)?.hostname ?? origin;

/**
 * Reads an entry other than "*": an origin, or a regular expression for the whole of one; one without a ":" is for the
 * host alone. @throws {SyntaxError} for an expression that is none
 */
export function parseOriginRule(text: string): OriginRule {
  if (plainOrigin.test(text)) {
    const wanted = normalizeOrigin(text);
    return { only: text, allows: (origin) => normalizeOrigin(origin) === wanted };
  }
  const whole = new RegExp(`^(?:${text.replace(/^\^/, '').replace(/\$$/, '')})$`);
  const byHost = !text.includes(':');
  return {
    only: undefined,
    allows: (origin) => whole.test(byHost ? hostOf(origin) : normalizeOrigin(origin)),
  };
}
