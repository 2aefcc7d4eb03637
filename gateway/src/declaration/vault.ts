// References to secrets as Kong's vault "env" has them, https://docs.konghq.com/gateway/latest/kong-enterprise/secrets-management/backends/env/:
// `{vault://env/redis-password}` stands for what REDIS_PASSWORD holds.

/** The variables that a declaration may refer to. */
export type Environment = Readonly<Record<string, string | undefined>>;

const reference = /^\{vault:\/\/env\/([A-Za-z_][\w-]*)\}$/;

/** Whether a text stands for another one. */
export const isReference = (text: string): boolean => text.startsWith('{vault://');

/**
 * What a reference stands for; undefined where the variable is not set or empty.
 * @throws {SyntaxError} for a vault other than "env", and for a part of a secret
 */
export function resolveReference(text: string, environment: Environment): string | undefined {
  const [, name] = reference.exec(text) ?? [];
  if (name === undefined)
    throw new SyntaxError('must look like {vault://env/some-name}: no other vault is known here');
  return environment[name.replaceAll('-', '_').toUpperCase()] || undefined;
}
