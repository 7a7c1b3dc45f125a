import { validateHeaderName, validateHeaderValue } from 'node:http';
import { redactUrl } from '../core/redact-url.ts';

/** Where and how log records are sent. Values of the OTEL_EXPORTER_OTLP variables. */
export type OtlpTarget = {
  url: URL;
  headers: Readonly<Record<string, string>>;
  gzip: boolean;
  timeoutMs: number;
  /** Paths of PEM files: certificates to trust, and those of this client. */
  certificate: string | undefined;
  clientKey: string | undefined;
  clientCertificate: string | undefined;
};

/** A variable that cannot be used. The message names it and has no header, user or password, because these are secrets. */
export class OtlpEnvironmentError extends Error {}

type Environment = Readonly<Record<string, string | undefined>>;

const defaultEndpoint = 'http://localhost:4318';
const defaultTimeoutMs = 10_000;
const logsPath = 'v1/logs';

/** Returns a variable for logs, or else the one for all signals, with its name. */
const lookUp = (env: Environment, name: string): { name: string; value: string } | undefined => {
  for (const full of [`OTEL_EXPORTER_OTLP_LOGS_${name}`, `OTEL_EXPORTER_OTLP_${name}`]) {
    const value = env[full]?.trim();
    if (value) return { name: full, value };
  }
  return undefined;
};

const parseUrl = (name: string, text: string): URL => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new OtlpEnvironmentError(`${name}: invalid URL "${redactUrl(text)}" (expected http://HOST:4318)`);
};

/** Returns the URL of log records. The variable for all signals has a base URL. */
const urlOf = (env: Environment): URL => {
  const own = env.OTEL_EXPORTER_OTLP_LOGS_ENDPOINT?.trim();
  if (own) return parseUrl('OTEL_EXPORTER_OTLP_LOGS_ENDPOINT', own);
  const base = env.OTEL_EXPORTER_OTLP_ENDPOINT?.trim() || defaultEndpoint;
  const url = parseUrl('OTEL_EXPORTER_OTLP_ENDPOINT', base);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/${logsPath}`;
  return url;
};

/** Parses `key=value,key2=value2`, with percent-encoded values. */
const headersOf = (env: Environment): Record<string, string> => {
  const variable = lookUp(env, 'HEADERS');
  const headers: Record<string, string> = {};
  for (const pair of variable?.value.split(',') ?? []) {
    if (pair.trim() === '') continue;
    try {
      const [, key = '', value = ''] = /^\s*(.*?)\s*=(.*)$/s.exec(pair) ?? [];
      const text = decodeURIComponent(value.trim());
      validateHeaderName(key);
      validateHeaderValue(key, text);
      headers[key.toLowerCase()] = text;
    } catch {
      throw new OtlpEnvironmentError(`${variable?.name}: invalid header (expected KEY=VALUE,…)`);
    }
  }
  return headers;
};

const timeoutOf = (env: Environment): number => {
  const variable = lookUp(env, 'TIMEOUT');
  if (!variable) return defaultTimeoutMs;
  if (/^[1-9]\d{0,8}$/.test(variable.value)) return Number(variable.value);
  throw new OtlpEnvironmentError(
    `${variable.name}: not a number of milliseconds "${variable.value}" (expected 1 or more)`,
  );
};

const usesGzip = (env: Environment): boolean => {
  const variable = lookUp(env, 'COMPRESSION');
  if (!variable || variable.value === 'none') return false;
  if (variable.value === 'gzip') return true;
  throw new OtlpEnvironmentError(`${variable.name}: unknown "${variable.value}" (expected gzip or none)`);
};

/** Reads the OTEL_EXPORTER_OTLP variables. @throws OtlpEnvironmentError */
export const otlpTargetOf = (env: Environment): OtlpTarget => {
  const protocol = lookUp(env, 'PROTOCOL');
  if (protocol?.value === 'grpc')
    throw new OtlpEnvironmentError(`${protocol.name}: grpc is not supported (expected http/json)`);
  return {
    url: urlOf(env),
    headers: headersOf(env),
    gzip: usesGzip(env),
    timeoutMs: timeoutOf(env),
    certificate: lookUp(env, 'CERTIFICATE')?.value,
    clientKey: lookUp(env, 'CLIENT_KEY')?.value,
    clientCertificate: lookUp(env, 'CLIENT_CERTIFICATE')?.value,
  };
};
