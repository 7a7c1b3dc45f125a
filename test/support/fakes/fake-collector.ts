import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

/** How the collector answers a request. */
export type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** Answers with a status, headers and a body. */
export const answer =
  (status: number, body = '{}', headers: Record<string, string> = {}): Answer =>
  (response) =>
    void response.writeHead(status, headers).end(body);

/** A collector of OTLP/HTTP that answers as given, and then stores everything. */
export const startCollector = async () => {
  const answers: Answer[] = [];
  const stored: string[] = [];
  const headers: IncomingMessage['headers'][] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
    headers.push(request.headers);
    const next = answers.shift();
    if (next) return next(response, request);
    for (const { resource, scopeLogs } of JSON.parse(body.toString()).resourceLogs) {
      if (!resource) throw new Error('no resource');
      for (const { logRecords } of scopeLogs)
        stored.push(
          ...logRecords.map((record: { body: { stringValue: string } }) => record.body.stringValue),
        );
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`http://127.0.0.1:${port}/v1/logs`),
    /** The answers to the next requests. Requests after these are stored. */
    answers,
    /** Bodies of the records that were stored. */
    stored,
    /** Headers of the requests. */
    headers,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};
