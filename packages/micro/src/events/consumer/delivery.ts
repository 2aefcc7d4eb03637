// A message of a stream in the hands of a consumer (ADR-13 of NATS): its reply subject says which it is,
// `$JS.ACK.<stream>.<consumer>.<deliveries>.<stream sequence>.<consumer sequence>.<time>.<pending>`, in newer servers with
// two more words before the stream; what is said there decides what becomes of it.
import type { Msg } from '@nats-io/transport-node';

/** One delivery of a message that waits to be acknowledged. */
export class Delivery {
  readonly #message: Msg;
  /** Its number in the stream. */
  readonly sequence: number;
  /** How often it was delivered, this time included. */
  readonly deliveries: number;
  /** How many wait behind it. */
  readonly pending: number;

  constructor(message: Msg) {
    this.#message = message;
    const words = (message.reply ?? '').split('.');
    const at = words.length > 9 ? 6 : 4;
    const number = (index: number) => Number(words[index] ?? 0);
    this.deliveries = number(at);
    this.sequence = number(at + 1);
    this.pending = number(at + 4);
  }

  get subject(): string {
    return this.#message.subject;
  }

  get data(): Uint8Array {
    return this.#message.data;
  }

  /** It is being worked on: its time to be acknowledged begins anew. */
  working(): void {
    this.#say('+WPI');
  }

  /** It is done with. */
  ack(): void {
    this.#say('+ACK');
  }

  /** It is to be delivered again, at once, to whoever asks. */
  nak(): void {
    this.#say('-NAK');
  }

  /** It is not to be delivered again. */
  term(): void {
    this.#say('+TERM');
  }

  #say(word: string): void {
    try {
      this.#message.respond(word);
    } catch {
      // The connection is closed: it will be delivered again.
    }
  }
}

/** Whether a message was delivered by a stream, and is not word of the server about a pull. */
export function isDelivery({ reply }: Msg): boolean {
  return reply?.startsWith('$JS.ACK.') ?? false;
}
