import { readFileSync } from 'node:fs';
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { errnoName, networkErrorTexts } from '../../util/errno.ts';
import { printable } from '../../util/printable.ts';
import type { OtlpTarget } from './environment.ts';

/** What became of one request. */
export type SendResult =
  /** Stored. The collector rejected some records for good, for a reason in `reason`. */
  | { type: 'stored'; rejected: number; reason: string }
  /** Not stored, and to be repeated: after a time, if the collector names one. */
  | { type: 'retry'; reason: string; afterMs: number | undefined }
  /** Not stored, because the target or its credentials are wrong. */
  | { type: 'misconfigured'; reason: string }
  /** Not stored, and never will be. */
  | { type: 'refused'; reason: string };

/** Statuses of HTTP after which the specification allows a retry. */
const retryStatuses: ReadonlySet<number> = new Set([429, 502, 503, 504]);
/** Statuses that depend on the configuration and not on the records. */
const configurationStatuses: ReadonlySet<number> = new Set([401, 403, 404, 405]);
/** Maximum length of an answer that is read, in bytes. */
const maxAnswerBytes = 1 << 16;
const maxReasonLength = 200;

const compress = promisify(gzip);

/** Returns the time of a Retry-After header, in ms from `nowMs`: a number of seconds, or a date. */
export const retryAfterMs = (value: string | undefined, nowMs: number): number | undefined => {
  if (value === undefined) return undefined;
  if (/^\d{1,6}$/.test(value.trim())) return Number(value) * 1000;
  const atMs = Date.parse(value);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
};

/** Sends requests of OTLP/JSON to a collector, one at a time, over one connection. */
export class OtlpSender {
  readonly #target: OtlpTarget;
  readonly #agent: HttpAgent;
  readonly #request: typeof requestHttp;

  /** @throws the file system's error for the certificates */
  constructor(target: OtlpTarget) {
    const { certificate, clientKey, clientCertificate, url } = target;
    const pem = (path: string | undefined) => (path === undefined ? undefined : readFileSync(path));
    const isSecure = url.protocol === 'https:';
    this.#target = target;
    this.#request = isSecure ? requestHttps : requestHttp;
    this.#agent = isSecure
      ? new HttpsAgent({
          keepAlive: true,
          maxSockets: 1,
          ca: pem(certificate),
          key: pem(clientKey),
          cert: pem(clientCertificate),
        })
      : new HttpAgent({ keepAlive: true, maxSockets: 1 });
  }

  /** Sends one request. Never throws. */
  async send(body: string): Promise<SendResult> {
    const { gzip: isCompressed } = this.#target;
    try {
      return await this.#post(isCompressed ? await compress(body) : Buffer.from(body));
    } catch (error) {
      return { type: 'retry', reason: describe(error), afterMs: undefined };
    }
  }

  /** Ends the connection. A request under way resolves to a retry. */
  close(): void {
    this.#agent.destroy();
  }

  #post(bytes: Uint8Array): Promise<SendResult> {
    const { url, headers, gzip: isCompressed, timeoutMs } = this.#target;
    return new Promise((resolve, reject) => {
      const request = this.#request(url, {
        method: 'POST',
        agent: this.#agent,
        signal: AbortSignal.timeout(timeoutMs),
        headers: {
          ...headers,
          'content-type': 'application/json',
          'content-length': bytes.length,
          ...(isCompressed && { 'content-encoding': 'gzip' }),
        },
      });
      request.on('error', reject);
      request.on('response', (response) => {
        readAnswer(response).then((answer) => resolve(resultOf(response, answer)), reject);
      });
      request.end(bytes);
    });
  }
}

const readAnswer = async (response: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= maxAnswerBytes) chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

const resultOf = ({ statusCode = 0, headers }: IncomingMessage, answer: string): SendResult => {
  const reason = `HTTP ${statusCode}${shorten(headers.location ?? answer)}`;
  const isSuccess = statusCode >= 200 && statusCode < 300;
  // A login page or a web server, for example, has not stored anything.
  if (isSuccess && answer.trimStart().startsWith('<'))
    return { type: 'misconfigured', reason: `no OTLP collector: ${reason}` };
  if (isSuccess) return { type: 'stored', ...partialSuccessOf(answer) };
  if (retryStatuses.has(statusCode))
    return { type: 'retry', reason, afterMs: retryAfterMs(headers['retry-after'], Date.now()) };
  const isRedirect = statusCode >= 300 && statusCode < 400;
  return { type: isRedirect || configurationStatuses.has(statusCode) ? 'misconfigured' : 'refused', reason };
};

/** Returns the records that the collector rejected. An answer that is not JSON is no error: the records are stored. */
const partialSuccessOf = (answer: string): { rejected: number; reason: string } => {
  try {
    const { rejectedLogRecords = 0, errorMessage = '' } = JSON.parse(answer).partialSuccess ?? {};
    const rejected = Number(rejectedLogRecords);
    return { rejected: Number.isSafeInteger(rejected) ? rejected : 0, reason: shorten(String(errorMessage)) };
  } catch {
    return { rejected: 0, reason: '' };
  }
};

/** Returns the start of a text of the collector on one line, after a colon. */
const shorten = (text: string): string => {
  const line = printable(text.replaceAll(/\s+/g, ' ').trim()).slice(0, maxReasonLength);
  return line === '' ? '' : `: ${line}`;
};

const describe = (error: unknown): string => {
  const { name, message } = error as Error;
  if (name === 'TimeoutError' || name === 'AbortError') return 'no answer in time';
  const code = errnoName(error);
  if (code?.startsWith('HPE_')) return `the answer is not HTTP (${code})`;
  const text = code === undefined ? undefined : networkErrorTexts[code];
  return text === undefined ? printable(message) : `${text} (${code})`;
};
