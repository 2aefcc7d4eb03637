// As nest.js, with the time-out that Nest's guide puts on a call.
import { timeout } from 'rxjs';
import { patienceMs } from './conversation.js';
import { pairOn } from './nest.js';

export const { respond, request } = pairOn('nest-timeout.holder', (answers) =>
  answers.pipe(timeout(patienceMs)),
);
