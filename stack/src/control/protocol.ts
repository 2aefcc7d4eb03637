import Type, { type Static } from 'typebox';

// The running launcher is commanded over HTTP on loopback; every request carries a word that only the owner of
// the stack's files can read:
//   GET  /status                      -> Status
//   POST /stop                        -> Reply, at once; the launcher's process ends when all is stopped
//   POST /service/{kill,stop,start}/NAME -> Reply, when it is done
//   POST /scale/SERVICE/COUNT -> Reply, when there are so many instances and all serve
//   POST /restart/SERVICE     -> Reply, when every instance was restarted, one after the other

/** Where the running launcher listens, as written to `.stack/control.json`. */
export const ControlAddress = Type.Object({
  port: Type.Integer(),
  token: Type.String(),
  pid: Type.Integer(),
});
export type ControlAddress = Static<typeof ControlAddress>;

/** One process of the stack, or a server given by its address. */
export const ProcessStatus = Type.Object({
  name: Type.String(),
  state: Type.String(),
  url: Type.Optional(Type.String()),
  pid: Type.Optional(Type.Integer()),
  restarts: Type.Integer(),
  startedAt: Type.Integer(),
  memoryBytes: Type.Integer(),
});
export type ProcessStatus = Static<typeof ProcessStatus>;

/** The running stack. */
export const Status = Type.Object({
  state: Type.String(),
  pid: Type.Integer(),
  processes: Type.Array(ProcessStatus),
});
export type Status = Static<typeof Status>;

/** What became of a command, for people. */
export const Reply = Type.Object({ message: Type.String() });
export type Reply = Static<typeof Reply>;

/** What can be done to one process. */
export const serviceActions = ['kill', 'stop', 'start'] as const;
export type ServiceAction = (typeof serviceActions)[number];
