import { resolveAddress } from '../../../src/fleet/nats/server/address.ts';
import { NatsLink, type NatsLinkOptions } from '../../../src/fleet/nats/subscribe/nats-link.ts';

/** Opens a link and collects what it delivers. */
export const openLink = (
  url: string,
  { env = {}, ...options }: Partial<NatsLinkOptions> & { env?: Readonly<Record<string, string>> } = {},
) => {
  const bytes = new Map<string, string>();
  const states = new Map<string, string>();
  const notices: string[] = [];
  const errors: Error[] = [];
  const link = new NatsLink({ address: resolveAddress(url, env), pingMs: 400, ...options });
  link.start({
    onGuest: (id) => bytes.set(id, ''),
    onBytes: (id, chunk) => bytes.set(id, (bytes.get(id) as string) + Buffer.from(chunk).toString()),
    onState: (id, state, reason) => states.set(id, reason ? `${state}: ${reason}` : state),
    onLoss: () => {},
    onNotice: (text) => notices.push(text),
    onError: (error) => errors.push(error),
  });
  return { link, bytes, states, notices, errors };
};
