import { once } from 'node:events';
import { connect } from 'node:net';

const timeoutMs = 1_000;

/**
 * Opens a TCP connection, sends `question` and resolves with what comes back, as soon as it matches `whole`. Rejects
 * when that takes more than a second: the cheapest way to know that a server speaks.
 */
export async function ask(host: string, port: number, question: string, whole = /\n/): Promise<string> {
  const socket = connect({ host, port });
  socket.setEncoding('utf8');
  const signal = AbortSignal.timeout(timeoutMs);
  let answer = '';
  try {
    await once(socket, 'connect', { signal });
    socket.write(question);
    while (!whole.test(answer)) answer += String(await once(socket, 'data', { signal }));
    return answer;
  } finally {
    socket.on('error', () => {});
    socket.destroy();
  }
}
