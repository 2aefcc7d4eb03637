// The limit: the fewest steps that a request over the official NATS client can take. One inbox, one table of who waits, one
// timer for all deadlines; everything else as in raw.js.
import { connect, createInbox } from '@nats-io/transport-node';
import { patienceMs } from './conversation.js';
import { dataOf, respondOn } from './raw.js';

const subject = 'raw-mux.holder';
const tickMs = 50;

export const respond = (url) => respondOn(subject, url);

export async function request(url) {
  const connection = await connect({ servers: url });
  const inbox = `${createInbox()}.`;
  const waiting = new Map();
  let lastToken = 0;

  connection.subscribe(`${inbox}*`, {
    callback: (_error, message) => {
      const token = message.subject.slice(inbox.length);
      const caller = waiting.get(token);
      if (caller === undefined) return;
      waiting.delete(token);
      if (message.data.length === 0) caller.reject(new Error('nobody answers'));
      else caller.resolve(message);
    },
  });
  setInterval(() => {
    // All wait equally long, so the first that is not late ends the search.
    for (const [token, caller] of waiting) {
      if (caller.deadlineAt > performance.now()) return;
      waiting.delete(token);
      caller.reject(new Error('too late'));
    }
  }, tickMs);

  return async (question) => {
    const token = String(++lastToken);
    const message = await new Promise((resolve, reject) => {
      waiting.set(token, { resolve, reject, deadlineAt: performance.now() + patienceMs });
      connection.publish(subject, JSON.stringify({ data: question }), { reply: inbox + token });
    });
    return dataOf(message);
  };
}
