import { Buffer } from 'node:buffer';
import { connect, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { Address } from '../upstream/address.ts';
import { type AnswerHead, AnswerReader, type AnswerTaker } from './client-answer.ts';
import { type BodyListener, BodySender } from './client-body.ts';
import type { Call, CallHolder } from './client-call.ts';
import { ConnectionLostError, ConnectTimeoutError } from './client-errors.ts';
import { readBuffer } from './read-buffer.ts';
import { writeTogether } from './socket-write.ts';
import { type Writer, writeBatch } from './write-batch.ts';

/** Whose connection it is. */
export interface ConnectionOwner {
  /** It may be given a call. */
  onFree(connection: ClientConnection): void;
  /** It is closed, with whatever ran on it. */
  onGone(connection: ClientConnection): void;
}

/** How a connection is opened, and how long it is kept. */
export interface ConnectionOptions {
  readonly connectTimeoutMs: number;
  /** For which it stays open with nothing to do, unless the other side wants less. */
  readonly keepAliveMs: number;
}

const probeAfterMs = 10_000;
/** A body up to here is sent in one write with the head before it. */
const joinedBytes = 8 * 1024;
/** How much earlier than the other side a connection is closed: a request must not meet its closing. */
const keepAliveMarginMs = 2_000;
const timeoutHint = /(?:^|[\s,;])timeout=(\d{1,9})/i;

/** One connection to a server: one call at a time, one after the other. */
export class ClientConnection implements AnswerTaker, BodyListener, CallHolder, Writer {
  readonly #owner: ConnectionOwner;
  readonly #options: ConnectionOptions;
  readonly #socket: Socket;
  readonly #reader = new AnswerReader(this);
  #call: Call | undefined;
  #body: BodySender | undefined;
  #connected = false;
  #gone = false;
  #sent = false;
  #reusable = true;
  #paused = false;
  /** A whole request that was not written yet. */
  #text = '';
  #idleMs: number;
  /** Until when, on the clock of `performance.now()`, it may be used. */
  #goodUntil = Number.POSITIVE_INFINITY;

  /** Begins to connect; `call`, if it is not abandoned before, goes out as soon as that is done. */
  constructor(address: Address, call: Call, options: ConnectionOptions, owner: ConnectionOwner) {
    this.#owner = owner;
    this.#options = options;
    this.#idleMs = options.keepAliveMs;
    this.#call = call;
    call.holder = this;
    this.#socket = connect({
      ...address,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: probeAfterMs,
      onread: { buffer: readBuffer, callback: (bytes) => this.#read(bytes) },
    });
    const { connectTimeoutMs } = options;
    const timer = setTimeout(
      () => this.#close(new ConnectTimeoutError(address, connectTimeoutMs)),
      connectTimeoutMs,
    );
    this.#socket
      .once('connect', () => this.#onConnect())
      .once('connect', () => clearTimeout(timer))
      .on('drain', () => this.#body?.drained())
      .once('end', () => this.#onEof())
      .once('error', (error) => this.#close(error))
      .once('close', () => clearTimeout(timer))
      .once('close', () => this.#close(new ConnectionLostError()));
  }

  /** Whether the other side will still have it open when a request comes. */
  isGood(now: number): boolean {
    return now < this.#goodUntil;
  }

  /** Sends a call; the connection must be free. */
  send(call: Call): void {
    this.#call = call;
    call.holder = this;
    this.#begin(call);
  }

  /** Closes it; what runs on it fails with `error`. */
  destroy(error: Error): void {
    this.#close(error);
  }

  abandon(call: Call): void {
    if (call !== this.#call) return;
    this.#call = undefined;
    // One that is still being opened is as good for another call.
    if (this.#connected) this.#close(new ConnectionLostError());
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#socket.resume();
  }

  onHead(head: AnswerHead): void {
    // Bytes of a body that an answer to HEAD has against all rules could come late, and be read as another answer.
    this.#reusable = !head.closing && this.#call?.request.method !== 'HEAD';
    this.#idleMs = this.#idleMsOf(head);
    this.#call?.asker.onHead(head);
  }

  onWhole(body: string): void {
    this.#call?.asker.onWhole(body);
  }

  onData(chunk: Buffer): void {
    if (this.#call?.asker.onData(chunk) === false) this.#paused = true;
  }

  onEnd(): void {
    const call = this.#call;
    if (call === undefined) return;
    this.#call = undefined;
    call.holder = undefined;
    this.#body?.stop();
    this.#body = undefined;
    this.resume();
    if (this.#reusable && this.#sent && this.#idleMs > 0) {
      this.#goodUntil = performance.now() + this.#idleMs;
      this.#owner.onFree(this);
    } else this.#close(new ConnectionLostError());
    call.asker.onEnd();
  }

  onBodySent(): void {
    this.#call?.asker.onBodySent();
  }

  onRequestSent(): void {
    this.#sent = true;
    this.#call?.asker.onRequestSent();
  }

  onBodyFailure(error: Error): void {
    this.#close(error);
  }

  #onConnect(): void {
    this.#connected = true;
    if (this.#call !== undefined) this.#begin(this.#call);
    else {
      this.#goodUntil = performance.now() + this.#idleMs;
      this.#owner.onFree(this);
    }
  }

  #begin({ request, asker }: Call): void {
    const { head, body, bodyLength, method } = request;
    const socket = this.#socket;
    this.#sent = false;
    this.#reader.expect(method);
    asker.onSocket();
    if (body !== undefined && !Buffer.isBuffer(body)) {
      socket.write(head, 'latin1');
      this.#body = new BodySender(body, bodyLength, socket, this);
      return;
    }
    if (body === undefined || body.length <= joinedBytes) {
      this.#text = body === undefined ? head : head + body.toString('latin1');
      if (!writeBatch.take(this)) this.flush();
    } else {
      writeTogether(socket, head, body, '');
    }
    this.onRequestSent();
  }

  flush(): void {
    const text = this.#text;
    this.#text = '';
    if (text !== '' && !this.#gone) this.#socket.write(text, 'latin1');
  }

  /** @returns whether more may be read */
  #read(bytes: number): boolean {
    if (this.#gone) return true;
    try {
      this.#reader.read(readBuffer, bytes);
    } catch (error) {
      this.#close(error instanceof Error ? error : new Error(String(error)));
    }
    return !this.#paused;
  }

  #onEof(): void {
    if (!this.#gone) this.#reader.end();
    this.#close(new ConnectionLostError());
  }

  #idleMsOf({ fields }: AnswerHead): number {
    const { keepAliveMs } = this.#options;
    const hint = fields.value('keep-alive');
    const seconds = hint === undefined ? undefined : timeoutHint.exec(hint)?.[1];
    if (seconds === undefined) return keepAliveMs;
    return Math.min(keepAliveMs, Number(seconds) * 1_000 - keepAliveMarginMs);
  }

  #close(error: Error): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#body?.stop();
    this.#body = undefined;
    this.#socket.destroy();
    const call = this.#call;
    this.#call = undefined;
    this.#owner.onGone(this);
    call?.fail(error);
  }
}
