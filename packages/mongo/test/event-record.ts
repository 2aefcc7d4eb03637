import { randomUUID } from 'node:crypto';
import type { EventRecord } from '@tsmicro/dependency';

export const createRecord = (entity: string, data: unknown = {}): EventRecord => ({
  id: randomUUID(),
  type: 'events.test.thing.changed',
  entity,
  time: new Date().toISOString(),
  data,
});
