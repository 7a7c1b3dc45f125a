/**
 * Returns a URL, valid or not, without what precedes its last `@`: a user, a password or a token. `nats://u:p@host` becomes
 * `nats://…@host`.
 */
export const redactUrl = (url: string): string => url.replace(/^([a-z]+:\/\/)?.*@/s, '$1…@');
