import { defineNotice } from '@tsmicro/micro';
import { Type } from '@tsmicro/schema';

export const Changed = Type.Object({ users: Type.Array(Type.String()) });
/** What a desk tells those who keep its answers. */
export const changed = defineNotice({
  subject: 'desk.notice.changed',
  beats: 'desk.keeper',
  data: Changed,
  summary: 'Users have changed',
});
