// The official NATS client with its own request(): JSON in and out, the question checked by hand.
import { connect } from '@nats-io/transport-node';
import { holder, patienceMs, tokenLength } from './conversation.js';

function answerTo(message) {
  const token = message.json().data?.token;
  const valid =
    typeof token === 'string' && token.length >= tokenLength.minimum && token.length <= tokenLength.maximum;
  return valid ? { data: holder() } : { error: '400:token is not valid' };
}

/** What a reply carries, in the shape of tsmicro's messages. */
export function dataOf(message) {
  const { data, error } = message.json();
  if (error !== undefined) throw new Error(error);
  return data;
}

/** Answers on `subject`; gives what closes it. */
export async function respondOn(subject, url) {
  const connection = await connect({ servers: url });
  connection.subscribe(subject, {
    callback: (_error, message) => message.respond(JSON.stringify(answerTo(message))),
  });
  await connection.flush();
  return () => connection.close();
}

const subject = 'raw.holder';

export const respond = (url) => respondOn(subject, url);

export async function request(url) {
  const connection = await connect({ servers: url });
  return async (question) =>
    dataOf(await connection.request(subject, JSON.stringify({ data: question }), { timeout: patienceMs }));
}
