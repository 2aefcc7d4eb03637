let open = true;

// Whoever read our output may have left (npm start | head); the stack goes on without a reader.
process.stdout.on('error', () => {
  open = false;
});

const sent: Promise<void>[] = [];

/** Tells the process that started us detached and waits; nothing when it has gone. */
export function tellStarter(message: { line: string } | { ready: true }): void {
  if (!process.send || !process.connected) return;
  sent.push(
    new Promise((resolve) => {
      // With a callback a starter that has just left is no error.
      process.send?.(message, undefined, {}, () => resolve());
    }),
  );
}

/** One line for the person: on stdout, or through the process that started us detached. */
export function print(line: string): void {
  if (process.send) tellStarter({ line });
  else if (open) process.stdout.write(`${line}\n`);
}

/** Resolves when everything told has arrived: a process must not exit before. */
export async function flush(): Promise<void> {
  await Promise.all(sent);
}
