import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAccount, createOperator, createUser, type KeyPair } from '@nats-io/nkeys';
import { describe, expect, test } from 'vitest';
import { checkServer } from '../../../src/fleet/nats/check-server.ts';
import { waitFor } from '../../support/harness/recording.ts';
import { createTempDir } from '../../support/harness/temp-dir.ts';
import { hasNatsServer, TestNatsServer } from '../../support/installed/nats-server.ts';
import { openLink } from './link-fixture.ts';
import { createStreams, openConnection, openResources, readStream, startPublisher } from './nats-fixture.ts';

const accounts = `
authorization {
  users = [
    { user: admin, password: a }
    { user: web1, password: w, permissions: {
      publish: ["churn.guest.>", "$JS.API.DIRECT.GET.CHURN.churn.guest.>"], subscribe: "_INBOX.>" } }
    { user: other, password: o, permissions: { publish: ["churn.other.>"], subscribe: "_INBOX.>" } }
    { user: viewer, password: v, permissions: {
      publish: ["$JS.API.INFO", "$JS.API.STREAM.INFO.CHURN", "$JS.API.STREAM.INFO.CHURN_NOW",
        "$JS.API.CONSUMER.CREATE.CHURN", "$JS.API.CONSUMER.CREATE.CHURN_NOW",
        "$JS.API.CONSUMER.DELETE.CHURN.*", "$JS.API.CONSUMER.DELETE.CHURN_NOW.*",
        "$JS.API.CONSUMER.MSG.NEXT.CHURN.*", "$JS.API.CONSUMER.MSG.NEXT.CHURN_NOW.*"],
      subscribe: "_INBOX.>" } }
  ]
}`;
const as = (user: string) => ({ NATS_USER: user, NATS_PASSWORD: user[0] as string });

describe.skipIf(!hasNatsServer)('access to a NATS server (with nats-server)', () => {
  const { keep, openFiles, connect, closeLater } = openResources();
  const start = async (options: Parameters<typeof TestNatsServer.start>[0]) =>
    keep(await TestNatsServer.start(options));

  test('needs few permissions: a guest those of its name, a viewer to read', async () => {
    const server = await start({ config: accounts });
    const admin = await connect(server.url, as('admin'));
    await createStreams(admin);
    const files = openFiles();
    files.write(10);
    const publisher = startPublisher({ path: files.path, connection: await connect(server.url, as('web1')) });
    await publisher.acknowledged(files.lastSeq);
    const viewer = openLink(server.url, { env: as('viewer'), sinceNs: 0n });
    await waitFor('records', () => viewer.bytes.get('guest')?.includes(`"seq":${files.lastSeq}`));
    files.end();
    await publisher.finish();
    await waitFor('the end', () => viewer.states.get('guest') === 'ended');
    await viewer.link.stop();
    expect(viewer.errors).toEqual([]);
    expect(publisher.reports).toEqual([]);
    expect((await readStream(admin)).get('r0')).toBe(files.written.get('r0')?.join(''));

    const wrong = startPublisher({ path: files.path, connection: await connect(server.url, as('other')) });
    await expect(wrong.done).rejects.toThrow(/: no permission: .*churn\.guest\.r0\.events/i);
    const readOnly = startPublisher({
      path: files.path,
      connection: await connect(server.url, as('viewer')),
    });
    await expect(readOnly.done).rejects.toThrow(/: no permission: /);
    const check = await checkServer(await connect(server.url, as('viewer')), 'guest');
    expect([check.publish.allowed, check.resume.allowed, check.read.allowed]).toEqual([false, false, true]);
    expect(check.streams.map(({ guests }) => guests)).toEqual([1, 1]);
  });

  test('that is refused is one sentence [fault:nats-credentials]', async () => {
    const server = await start({ config: accounts });
    await expect(openConnection(server.url, { NATS_USER: 'web1', NATS_PASSWORD: 'x' })).rejects.toThrow(
      /^127\.0\.0\.1:\d+: the server refuses the credentials \(NATS_CREDS, NATS_NKEY, NATS_USER or NATS_CONTEXT\)$/,
    );
    await server.kill();
    await expect(openConnection(server.url)).rejects.toThrow(/^127\.0\.0\.1:\d+: connection refused$/);
    const link = openLink(server.url);
    await waitFor('the error', () => link.errors.length > 0);
    expect(link.errors[0]?.message).toMatch(/: connection refused$/);
  });

  test('reads credentials again when they have expired [fault:nats-expired]', async () => {
    const [operator, account] = [createOperator(), createAccount()];
    const claims = (subject: KeyPair, nats: object, exp = {}) => ({
      sub: subject.getPublicKey(),
      nats: { ...nats, version: 2 },
      ...exp,
    });
    const accountJwt = sign(
      operator,
      claims(account, {
        type: 'account',
        limits: {
          subs: -1,
          data: -1,
          payload: -1,
          imports: -1,
          exports: -1,
          wildcards: true,
          conn: -1,
          leaf: -1,
          mem_storage: -1,
          disk_storage: -1,
          streams: -1,
          consumer: -1,
        },
      }),
    );
    const operatorJwt = sign(operator, claims(operator, { type: 'operator' }));
    const server = await start({
      jetstream: false,
      config: `operator: "${operatorJwt}"\nresolver: MEMORY\nresolver_preload: { ${account.getPublicKey()}: "${accountJwt}" }`,
    });
    const credentials = (seconds: number) => {
      const user = createUser();
      const exp = { exp: Math.floor(Date.now() / 1000) + seconds };
      const jwt = sign(account, claims(user, { type: 'user', subs: -1, data: -1, payload: -1 }, exp));
      return `-----BEGIN NATS USER JWT-----\n${jwt}\n------END NATS USER JWT------\n\n-----BEGIN USER NKEY SEED-----\n${Buffer.from(user.getSeed())}\n------END USER NKEY SEED------\n`;
    };
    const file = join(server.directory, 'user.creds');
    writeFileSync(file, credentials(2));
    const problems: (string | undefined)[] = [];
    await connect(server.url, { NATS_CREDS: file }, (problem) => problems.push(problem));
    writeFileSync(file, credentials(600));
    await waitFor('the expiry', () =>
      problems.some((problem) => problem?.endsWith('the credentials have expired')),
    );
    await waitFor('a new connection', () => problems.length > 2 && problems.at(-1) === undefined);
  });

  test.skipIf(!hasOpenssl())(
    'checks the certificate of a host name and of an IP address [fault:nats-tls]',
    async () => {
      const folder = createTempDir();
      closeLater(folder.remove);
      const [named, numbered] = [
        certificate(folder.path, 'DNS:localhost'),
        certificate(folder.path, 'IP:127.0.0.1'),
      ];
      const servers = await Promise.all(
        [named, numbered].map(({ cert, key }) =>
          start({ jetstream: false, config: `tls { cert_file: "${cert}", key_file: "${key}" }` }),
        ),
      );
      const url = (index: number, host: string, scheme = 'tls') =>
        `${scheme}://${host}:${servers[index]?.port}`;
      const [nameCa, numberCa] = [{ NATS_CA: named.cert }, { NATS_CA: numbered.cert }];
      await (await openConnection(url(0, 'localhost'), nameCa)).close();
      await (await openConnection(url(1, '127.0.0.1'), numberCa)).close();
      await (await openConnection(url(1, '127.0.0.1', 'nats'), numberCa)).close();
      await expect(openConnection(url(0, '127.0.0.1'), nameCa)).rejects.toThrow(
        /: the certificate of the server is for another name$/,
      );
      await expect(openConnection(url(1, 'localhost'), numberCa)).rejects.toThrow(/another name$/);
      await expect(openConnection(url(0, 'localhost'))).rejects.toThrow(
        /is not trusted \(NATS_CA names the file of its authority\)$/,
      );
      const optional = `tls { cert_file: "${named.cert}", key_file: "${named.key}" }\nallow_non_tls: true`;
      const either = await start({ jetstream: false, config: optional });
      const encrypted = await connect(`nats://localhost:${either.port}`, nameCa);
      expect(encrypted.serverInfo.tls).toBe(true);
      const plain = await start({ jetstream: false });
      expect((await connect(plain.url)).serverInfo.tls).toBe(false);
      await expect(openConnection(plain.url.replace('nats:', 'tls:'))).rejects.toThrow(
        /: the server does not use TLS \(expected nats:\/\/\)$/,
      );
      const { cert, key } = numbered;
      const verify = `ca_file: "${cert}", verify: true`;
      const strict = await start({
        jetstream: false,
        config: `tls { cert_file: "${cert}", key_file: "${key}", timeout: 0.2, ${verify} }`,
      });
      const open = (env: Readonly<Record<string, string>>) =>
        openConnection(strict.url, { ...numberCa, ...env });
      await (await open({ NATS_CERT: cert, NATS_KEY: key })).close();
      await expect(open({})).rejects.toThrow(
        /: the server requires a certificate \(NATS_CERT and NATS_KEY\)$/,
      );
      await expect(open({ NATS_CERT: cert, NATS_KEY: named.key })).rejects.toThrow(/is not the key of/);
      await expect(open({ NATS_CERT: cert, NATS_KEY: key, NATS_CA: '/missing/ca.pem' })).rejects.toThrow(
        /: \/missing\/ca.pem: cannot be read \(ENOENT\)$/,
      );
    },
  );
});

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version']);
    return true;
  } catch {
    return false;
  }
}

/** Creates a certificate that signs itself. */
const certificate = (folder: string, name: string): { cert: string; key: string } => {
  const [cert, key] = ['pem', 'key'].map((end) => join(folder, `${name.replace(/\W/g, '-')}.${end}`)) as [
    string,
    string,
  ];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=test',
      '-addext',
      `subjectAltName=${name}`,
      '-keyout',
      key,
      '-out',
      cert,
    ],
    { stdio: 'ignore' },
  );
  return { cert, key };
};

/** Signs claims as a JWT of NATS. */
const sign = (issuer: KeyPair, claims: object): string => {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const issued = {
    jti: crypto.randomUUID(),
    iat: Math.floor(Date.now() / 1000),
    iss: issuer.getPublicKey(),
    ...claims,
  };
  const text = `${encode({ typ: 'JWT', alg: 'ed25519-nkey' })}.${encode(issued)}`;
  return `${text}.${Buffer.from(issuer.sign(Buffer.from(text))).toString('base64url')}`;
};
