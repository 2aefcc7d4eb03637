/** One process of a service: `auth` is the first of auth, `auth-2` the second. */
export interface Instance {
  readonly service: string;
  /** From 1. */
  readonly number: number;
  /** The name of its process, in logs and commands. */
  readonly name: string;
  readonly port: number;
  readonly metricsPort: number;
}

/** The most instances that a service may have here: PostgreSQL has room for the pools of so many. */
export const maxInstances = 16;

/** The name of a process that is one of several of its kind. */
export function instanceName(kind: string, number: number): string {
  return number === 1 ? kind : `${kind}-${number}`;
}

/** Whether this is the name of a process of this kind. */
export function isInstanceOf(name: string, kind: string): boolean {
  return name === kind || (name.startsWith(`${kind}-`) && /^\d+$/.test(name.slice(kind.length + 1)));
}
