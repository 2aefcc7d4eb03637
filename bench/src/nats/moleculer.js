// Moleculer: two nodes and its NATS transporter, parameters checked by its own validator, its request time-out on.
import moleculer from 'moleculer';
import { holder, patienceMs, tokenLength } from './conversation.js';

const openBroker = (nodeID, url) =>
  new moleculer.ServiceBroker({
    nodeID,
    namespace: 'moleculer-bench',
    transporter: url,
    requestTimeout: patienceMs,
    logger: false,
  });

export async function respond(url) {
  const broker = openBroker('responder', url);
  broker.createService({
    name: 'tokens',
    actions: {
      holder: {
        params: { token: { type: 'string', min: tokenLength.minimum, max: tokenLength.maximum } },
        handler: () => holder(),
      },
    },
  });
  await broker.start();
  return () => broker.stop();
}

export async function request(url) {
  const broker = openBroker('requester', url);
  await broker.start();
  return (question) => broker.call('tokens.holder', question);
}
