// The embedded gateway as it is run: its own main.ts, told by the environment what to do.
export async function listen() {
  await import('../../../../gateway/src/main.ts');
}
