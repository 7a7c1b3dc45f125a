import { hostname } from 'node:os';
import {
  type Allowed,
  checkServer,
  createMissingStreams,
  type ServerCheck,
} from '../../fleet/nats/check-server.ts';
import { RequestError } from '../../fleet/nats/server/connection-faults.ts';
import { JetStreamError } from '../../fleet/nats/server/jetstream.ts';
import { describeReadFault } from '../../fleet/nats/server/stream-faults.ts';
import { streamCommand, streamConfigs } from '../../fleet/nats/server/subjects.ts';
import { toJson } from '../../trace/format/json.ts';
import { formatBytes, formatCount, formatDuration } from '../../util/format.ts';
import { printable } from '../../util/printable.ts';
import type { FlagValues } from '../args/flags.ts';
import { CliError } from '../support/errors.ts';
import { Output } from '../support/output.ts';
import { openNats } from './nats-connection.ts';

/** Runs `churntop check nats://…`. @throws UsageError, NatsError, CliError */
export const runNatsCheck = async (
  url: string,
  { create, json }: Pick<FlagValues, 'create' | 'json'>,
  signal: AbortSignal,
): Promise<void> => {
  const connection = await openNats(url, signal);
  const host = hostname();
  let check = await checkServer(connection, host);
  if (create) {
    await createMissingStreams(connection, check).catch((error) => {
      if (!(error instanceof JetStreamError) && !(error instanceof RequestError)) throw error;
      throw new CliError(`--create: ${describeReadFault(error, connection.label)}`);
    });
    check = await checkServer(connection, host);
  }
  await connection.close();
  await new Output(process.stdout).write(`${json ? toJson(checkJson(check)) : checkText(check)}\n`);
};

const checkJson = ({ label, server, jetstream, account, streams, publish, resume, read }: ServerCheck) => ({
  check: 1,
  nats: label,
  server: { name: server.name, version: server.version, tls: server.tls, max_payload: server.maxPayload },
  jetstream,
  storage: account && { bytes: account.storage, limit: account.maxStorage },
  streams: streams.map(({ name, info, guests }) => ({
    name,
    exists: info !== undefined,
    messages: info?.state.messages,
    bytes: info?.state.bytes,
    guests: info && guests,
  })),
  publish: publish.allowed,
  resume: resume.allowed,
  view: read.allowed,
});

const allowedText = ({ allowed, reason }: Allowed): string =>
  allowed ? 'allowed' : `${allowed === false ? 'not allowed' : 'unknown'}: ${printable(reason ?? '')}`;

const streamText = ({ name, info, guests, access }: ServerCheck['streams'][number]): string => {
  if (access.allowed === false) return 'this user may not ask';
  if (!info) return access.allowed ? 'missing' : `unknown: ${printable(access.reason ?? '')}`;
  const { messages, bytes } = info.state;
  const wanted = streamConfigs.find((config) => config.name === name)?.subjects ?? [];
  const missing = wanted.filter((subject) => !info.config.subjects.includes(subject));
  return [
    formatCount(guests, 'guest'),
    formatCount(messages, 'message'),
    formatBytes(bytes),
    ...(info.config.max_age > 0 ? [`retained ${formatDuration(BigInt(info.config.max_age))}`] : []),
    ...(info.config.max_bytes > 0 ? [`at most ${formatBytes(info.config.max_bytes)}`] : []),
    ...(missing.length > 0 ? [`no subject ${missing.join(', ')} (nats stream edit adds it)`] : []),
    ...(info.config.allow_direct ? [] : ['no direct access (publishers need --allow-direct)']),
  ].join(' · ');
};

const checkText = (check: ServerCheck): string => {
  const { label, server, jetstream, account, streams } = check;
  const storage =
    account && account.maxStorage > 0
      ? ` · ${formatBytes(account.storage)} of ${formatBytes(account.maxStorage)} used`
      : '';
  const rows: [string, string][] = [
    ['server', `${label} · nats-server ${printable(server.version)} · ${server.tls ? 'TLS' : 'no TLS'}`],
    [
      'JetStream',
      jetstream
        ? `enabled${storage}`
        : jetstream === false
          ? 'not enabled for this account'
          : 'this user may not ask',
    ],
    ...streams.map((stream): [string, string] => [stream.name, streamText(stream)]),
    ['publish', allowedText(check.publish)],
    ['resume', allowedText(check.resume)],
    ['view', allowedText(check.read)],
  ];
  const missing = streamConfigs.filter((config) =>
    streams.some(({ name, info, access }) => name === config.name && !info && access.allowed),
  );
  const lines = rows.map(([name, text]) => `${name.padEnd(10)} ${text}`);
  if (missing.length > 0)
    lines.push(
      '',
      'Streams are not created by default. Add them with --create, which reduces their size to the space',
      'of the server, or with:',
      ...missing.map((config) => `  ${streamCommand(config)}`),
    );
  return lines.join('\n');
};
