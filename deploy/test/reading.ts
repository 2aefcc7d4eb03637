/** What reading a configuration out of an environment came to. */
export interface Reading {
  /** Why it cannot be used, if so. */
  complaint: string | undefined;
  /** The variables that were given, and that nobody asked for. */
  unread: string[];
}

/** Reads the environment with `readConfig`, and notes which variables it asks for. */
export function readNoting(
  readConfig: (environment: Record<string, string | undefined>) => unknown,
  environment: Record<string, string>,
): Reading {
  const asked = new Set<string | symbol>();
  const noting = new Proxy(environment, {
    get(target, name, receiver) {
      asked.add(name);
      return Reflect.get(target, name, receiver);
    },
  });
  let complaint: string | undefined;
  try {
    readConfig(noting);
  } catch (error) {
    complaint = error instanceof Error ? error.message : String(error);
  }
  return { complaint, unread: Object.keys(environment).filter((name) => !asked.has(name)) };
}
