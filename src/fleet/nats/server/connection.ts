import { addAbortListener } from 'node:events';
import {
  connect,
  headers as createHeaders,
  errors,
  type Msg,
  type NatsConnection as RawConnection,
  type Subscription,
} from '@nats-io/transport-node';
import { sleep } from '../../../util/wait.ts';
import type { NatsAddress } from './address.ts';
import {
  certificateRequired,
  connectionFault,
  isTransientFault,
  RequestError,
  requestFault,
} from './connection-faults.ts';
import { connectionOptions } from './connection-options.ts';
import { NatsError } from './errors.ts';
import { requiresCertificate } from './required-certificate.ts';

export type OpenOptions = {
  /** What the connection is for, in the server's list of connections. */
  name: string;
  /** Ends the wait for a server that cannot be reached. */
  signal: AbortSignal;
  /** Receives why there is no connection, and undefined once there is one. */
  onState: (problem: string | undefined) => void;
  /** Whether to wait for a server that cannot be reached. Only the first attempt then throws. */
  waits?: boolean;
  /** Interval of pings, ms. Default 3000. */
  pingMs?: number | undefined;
};

export type RequestOptions = { headers?: Readonly<Record<string, string>>; timeoutMs?: number };

/** Space for the headers of a message, in bytes. */
const headerBytes = 1024;
const reconnectMs = { min: 200, jitter: 300 };
const unreachableRetryMs = 2000;
/** Time until the next attempt after the server has refused the credentials. */
const refusedRetryMs = 30_000;
const defaultTimeoutMs = 3000;

/** A connection that is established again after it is lost. */
export class Connection {
  readonly label: string;
  readonly #raw: RawConnection;
  readonly #onState: OpenOptions['onState'];
  #isConnected = true;
  /** Number of times that the connection was lost. */
  losses = 0;
  #isClosing = false;
  /** Requests that wait for an answer, which does not come after a disconnect. */
  readonly #pending = new Set<(error: RequestError) => void>();
  #onReconnect: (() => void)[] = [];

  private constructor(raw: RawConnection, address: NatsAddress, { onState }: OpenOptions, delays: Delays) {
    this.#raw = raw;
    this.label = address.label;
    this.#onState = onState;
    void this.#followStatus(delays);
  }

  /** @throws NatsError if the server refuses, or cannot be reached */
  static async open(address: NatsAddress, options: OpenOptions): Promise<Connection> {
    const delays = new Delays();
    let { tls } = address;
    if (tls && !address.certFile && (await requiresCertificate(address.servers)))
      throw new NatsError(`${address.label}: ${certificateRequired}`);
    let hasWaited = false;
    for (;;) {
      try {
        const raw = await connect({
          ...connectionOptions(address, { name: options.name, tls, pingMs: options.pingMs }),
          reconnectDelayHandler: () => delays.nextMs(),
        });
        options.onState(undefined);
        return new Connection(raw, address, options, delays);
      } catch (error) {
        if (!tls && (error as NodeJS.ErrnoException).code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
          tls = true;
          continue;
        }
        const problem = connectionFault(error, address.label);
        const mayWait = options.waits && (isTransientFault(error) || hasWaited);
        if (!mayWait || options.signal.aborted) throw new NatsError(problem);
        hasWaited = true;
        options.onState(problem);
        await sleep(isTransientFault(error) ? unreachableRetryMs : refusedRetryMs, options.signal);
        if (options.signal.aborted) throw new NatsError(problem);
      }
    }
  }

  /** Maximum size of a message with its headers, in bytes. */
  get maxPayload(): number {
    return this.#raw.info?.max_payload ?? 1 << 20;
  }

  /** Maximum size of the data of a message, in bytes. */
  get maxDataBytes(): number {
    return this.maxPayload - headerBytes;
  }

  get serverInfo(): { name: string; version: string; tls: boolean; maxPayload: number } {
    const { server_name = '', version = '', tls_required, tls_available, max_payload } = this.#raw.info ?? {};
    return {
      name: String(server_name),
      version,
      // The client uses TLS wherever a server has it.
      tls: tls_required === true || tls_available === true,
      maxPayload: max_payload ?? this.maxPayload,
    };
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  /** Waits until there is a connection, or an abort. */
  async connected(signal: AbortSignal): Promise<void> {
    if (this.#isConnected || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const listener = addAbortListener(signal, () => resolve());
      this.#onReconnect.push(() => {
        listener[Symbol.dispose]();
        resolve();
      });
    });
  }

  /** Sends a request. @throws RequestError */
  async request(
    subject: string,
    data: Uint8Array | string = '',
    { headers = {}, timeoutMs: timeout = defaultTimeoutMs }: RequestOptions = {},
  ): Promise<Msg> {
    if (!this.#isConnected) throw new RequestError('disconnected', 'no connection');
    let fail: (error: RequestError) => void = () => {};
    const failed = new Promise<never>((_, reject) => {
      fail = reject;
    });
    this.#pending.add(fail);
    try {
      return await Promise.race([
        failed,
        this.#raw.request(subject, data, { timeout, headers: toHeaders(headers) }),
      ]);
    } catch (error) {
      throw requestFault(error);
    } finally {
      this.#pending.delete(fail);
    }
  }

  /** Sends a message that is not acknowledged. Does nothing without a connection. */
  publish(subject: string, data: Uint8Array | string, reply?: string): void {
    if (this.#isConnected && !this.#raw.isClosed()) this.#raw.publish(subject, data, reply ? { reply } : {});
  }

  /** Subscribes to a new subject of this connection. Returns it, and a function that ends the subscription. */
  subscribe(onMessage: (message: Msg) => void): { inbox: string; end: () => void } {
    const inbox = `_INBOX.churntop.${crypto.randomUUID().replaceAll('-', '')}`;
    const subscription: Subscription = this.#raw.subscribe(inbox, {
      callback: (error, message) => {
        if (!error) callOrThrow(() => onMessage(message));
      },
    });
    return { inbox, end: () => subscription.unsubscribe() };
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    this.#failPending('closed');
    await this.#raw.close();
  }

  async #followStatus(delays: Delays): Promise<void> {
    for await (const status of this.#raw.status()) {
      if (status.type === 'error') {
        delays.refused = status.error instanceof errors.AuthorizationError;
        if (!(status.error instanceof errors.PermissionViolationError))
          this.#onState(connectionFault(status.error, this.label));
      } else if (status.type === 'disconnect') {
        this.#isConnected = false;
        this.losses++;
        if (!this.#isClosing) this.#onState(`${this.label}: the connection was lost`);
        this.#failPending('disconnected');
      } else if (status.type === 'reconnect') {
        this.#isConnected = true;
        delays.refused = false;
        this.#onState(undefined);
        for (const resolve of this.#onReconnect.splice(0)) resolve();
      }
    }
  }

  #failPending(kind: 'disconnected' | 'closed'): void {
    for (const fail of this.#pending) fail(new RequestError(kind, 'the connection was lost'));
    this.#pending.clear();
  }
}

/** Calls a function of a listener. Its error ends the program; the client would only stop to read. */
const callOrThrow = (call: () => void): void => {
  try {
    call();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
};

/** The delays between attempts to connect. */
class Delays {
  /** Whether the server has refused the credentials. */
  refused = false;

  nextMs(): number {
    if (this.refused) return refusedRetryMs;
    return reconnectMs.min + Math.random() * reconnectMs.jitter;
  }
}

const toHeaders = (values: Readonly<Record<string, string>>) => {
  const result = createHeaders();
  for (const [name, value] of Object.entries(values)) result.set(name, value);
  return result;
};
