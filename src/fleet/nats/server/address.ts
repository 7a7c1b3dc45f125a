import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { errnoName } from '../../../util/errno.ts';
import { printable } from '../../../util/printable.ts';
import { redactUrl } from '../../core/redact-url.ts';
import { NatsAddressError } from './errors.ts';
import { parseJsonObject } from './json-object.ts';

/** A server: its name or IP address as given, and its port. */
export type NatsServer = { host: string; port: number };

/** Where to connect, and with which credentials. Files are read at each connection, because credentials expire. */
export type NatsAddress = {
  servers: readonly NatsServer[];
  /** Whether TLS is required. Otherwise the server decides. */
  tls: boolean;
  user?: string | undefined;
  password?: string | undefined;
  token?: string | undefined;
  credsFile?: string | undefined;
  nkeyFile?: string | undefined;
  caFile?: string | undefined;
  certFile?: string | undefined;
  keyFile?: string | undefined;
  /** The servers without secrets, for messages. */
  label: string;
};

type Environment = Readonly<Record<string, string | undefined>>;
type Settings = Omit<NatsAddress, 'servers' | 'tls' | 'label'>;
type ParsedUrls = Pick<NatsAddress, 'servers' | 'tls' | 'user' | 'password' | 'token'>;

const defaultPort = 4222;

/** Returns `host:4222`, or `[::1]:4222` for an IPv6 address. */
export const serverText = ({ host, port }: NatsServer): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

const decodeUserInfo = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** Returns whether a URL contains a user name, a password or a token. */
const hasSecret = (url: string): boolean => url.includes('@');

/** Parses `nats://host:4222,tls://user:password@other`. `label` names the origin in errors, which contain no secrets. */
const parseUrls = (text: string, label: string): ParsedUrls => {
  const parsed: ParsedUrls = { servers: [], tls: false };
  const servers: NatsServer[] = [];
  for (const part of text.split(',')) {
    const [, scheme = 'nats', userInfo, host = '', port] =
      /^(?:(nats|tls):\/\/)?(?:([^@/]*)@)?(\[[\da-fA-F:.]+\]|[^@:/[\]]*)(?::(\d{1,5}))?\/?$/.exec(
        part.trim(),
      ) ?? [];
    if (host === '' || Number(port ?? defaultPort) > 65_535)
      throw new NatsAddressError(
        // A part may be half of a secret, because a secret may contain a comma.
        `${label}: invalid server "${printable(hasSecret(text) ? redactUrl(text) : part.trim())}" (expected nats://HOST:PORT)`,
      );
    if (scheme === 'tls') parsed.tls = true;
    servers.push({ host: host.replace(/^\[|\]$/g, ''), port: Number(port ?? defaultPort) });
    if (userInfo === undefined || userInfo === '') continue;
    const colon = userInfo.indexOf(':');
    if (colon < 0) parsed.token = decodeUserInfo(userInfo);
    else {
      parsed.user = decodeUserInfo(userInfo.slice(0, colon));
      parsed.password = decodeUserInfo(userInfo.slice(colon + 1));
    }
  }
  return { ...parsed, servers };
};

const readIfExists = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errnoName(error) === 'ENOENT' || errnoName(error) === 'ENOTDIR') return undefined;
    throw new NatsAddressError(`${printable(path)}: cannot be read (${errnoName(error)})`);
  }
};

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** Reads a context of the NATS command line. Undefined if none is selected. */
const readContext = (env: Environment): (Settings & { url?: string | undefined }) | undefined => {
  const folder = join(env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config'), 'nats');
  const name = env.NATS_CONTEXT || readIfExists(join(folder, 'context.txt'))?.trim();
  if (!name) return undefined;
  const path = join(folder, 'context', `${name}.json`);
  const text = readIfExists(path);
  if (text === undefined)
    throw new NatsAddressError(`NATS_CONTEXT: no context "${printable(name)}" (expected ${printable(path)})`);
  const context = parseJsonObject<Record<string, unknown>>(text);
  if (!context) throw new NatsAddressError(`${printable(path)}: not a JSON object (expected a NATS context)`);
  return {
    url: textOf(context.url),
    user: textOf(context.user),
    password: textOf(context.password),
    token: textOf(context.token),
    credsFile: textOf(context.creds),
    nkeyFile: textOf(context.nkey),
    caFile: textOf(context.ca),
    certFile: textOf(context.cert),
    keyFile: textOf(context.key),
  };
};

/** Parses the URLs of a URL without a host. */
const parseDefaultUrls = ({ NATS_URL: url }: Environment, contextUrl: string | undefined): ParsedUrls =>
  url ? parseUrls(url, 'NATS_URL') : parseUrls(contextUrl ?? 'localhost', 'NATS_CONTEXT: url');

const withoutUndefined = <T extends object>(values: T): Partial<T> =>
  Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && value !== ''),
  ) as Partial<T>;

/**
 * Returns the address of a URL on the command line, completed from the environment as other NATS tools do. A URL without a
 * host (`nats:`) is NATS_URL or that of the context. A context is used if NATS_CONTEXT names it, or without a host.
 * @throws NatsAddressError, also for a URL with a secret, which every user of the system could read
 */
export const resolveAddress = (url: string, env: Environment): NatsAddress => {
  if (hasSecret(url))
    throw new NatsAddressError(
      'a NATS URL on the command line must not contain a user, password or token, because all users of the system can read it (expected NATS_URL, NATS_USER, NATS_PASSWORD or NATS_CREDS)',
    );
  const isBare = /^(?:nats|tls):(?:\/\/)?$/.test(url);
  const context = isBare || env.NATS_CONTEXT ? readContext(env) : undefined;
  const urls = isBare ? parseDefaultUrls(env, context?.url) : parseUrls(url, 'NATS URL');
  const settings: Settings = {
    ...withoutUndefined({ ...context, url: undefined }),
    ...withoutUndefined({ user: urls.user, password: urls.password, token: urls.token }),
    ...withoutUndefined({
      user: env.NATS_USER,
      password: env.NATS_PASSWORD,
      token: env.NATS_TOKEN,
      credsFile: env.NATS_CREDS,
      nkeyFile: env.NATS_NKEY,
      caFile: env.NATS_CA,
      certFile: env.NATS_CERT,
      keyFile: env.NATS_KEY,
    }),
  };
  if (Boolean(settings.certFile) !== Boolean(settings.keyFile))
    throw new NatsAddressError('NATS_CERT, NATS_KEY: one of them is missing (expected both)');
  return {
    ...settings,
    servers: urls.servers,
    tls: urls.tls || url.startsWith('tls:') || Boolean(settings.caFile || settings.certFile),
    label: printable(urls.servers.map(serverText).join(',')),
  };
};
