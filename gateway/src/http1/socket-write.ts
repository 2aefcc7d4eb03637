import type { Socket } from 'node:net';

/** A piece of a body up to here goes out in one text with what stands before it. */
export const joinedBytes = 16 * 1024;

/** Writes what is too long to be joined, in one call of the system all the same. @returns false when the other side is behind */
export function writeTogether(socket: Socket, before: string, piece: Buffer, after: string): boolean {
  socket.cork();
  if (before !== '') socket.write(before, 'latin1');
  let room = socket.write(piece);
  if (after !== '') room = socket.write(after, 'latin1');
  socket.uncork();
  return room;
}
