import type { Socket } from 'node:net';
import { FrameReader } from './frame.ts';
import { parseRequest, type Request, toReply } from './message.ts';

/** How many commands one connection may have waiting; drivers send one at a time. */
const maxWaiting = 100;

/** How many bytes of answers may wait for a client that does not read. */
const maxUnreadBytes = 128 * 1024 * 1024;

/** Answers a command with the bytes of the reply document; never rejects. */
export type Answer = (request: Request) => Promise<Buffer>;

/** Serves one client: reads its commands, sends the answers in order. A malformed message ends the connection. */
export function serveConnection(socket: Socket, answer: Answer): void {
  const frames = new FrameReader();
  let waiting = 0;
  let previous: Promise<void> = Promise.resolve();

  const serve = async (request: Request, before: Promise<void>): Promise<void> => {
    const reply = await answer(request);
    await before;
    waiting -= 1;
    if (waiting < maxWaiting) socket.resume();
    if (!request.awaited || socket.destroyed) return;
    socket.write(toReply(request, reply));
    if (socket.writableLength > maxUnreadBytes) socket.destroy();
  };

  socket.setNoDelay(true);
  socket.setKeepAlive(true, 60_000);
  // A peer that resets the connection needs no other treatment than the close that follows.
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    try {
      for (const message of frames.push(chunk)) {
        waiting += 1;
        previous = serve(parseRequest(message), previous);
      }
      if (waiting >= maxWaiting) socket.pause();
    } catch {
      socket.destroy();
    }
  });
}
