import { Uuid } from '@tsmicro/dto';
import { defineNotice } from '@tsmicro/micro';
import { Type } from '@tsmicro/schema';

/** Whose decisions hold no longer: those of these users, and those of these sessions (as {@link Decision} names them). */
export const DecisionNotice = Type.Object(
  {
    users: Type.Optional(Type.Array(Uuid, { maxItems: 1_000 })),
    sessions: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 128 }), { maxItems: 1_000 })),
  },
  { title: 'DecisionNotice' },
);
export type DecisionNotice = Type.Static<typeof DecisionNotice>;

/**
 * Told by auth after the commit and before it answers a sign-out, a refresh, a change of roles, a deactivation, the end of
 * sessions, or a change of profile or password: whoever keeps decisions drops these before anybody hears that it is done.
 */
export const decisionNotice = defineNotice({
  subject: 'auth.notice.decisions',
  beats: 'auth.keeper',
  data: DecisionNotice,
  summary: 'Decisions that hold no longer',
});
