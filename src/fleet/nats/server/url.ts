/** Returns whether an operand or a value names a NATS server. */
export const isNatsUrl = (text: string): boolean => /^(?:nats|tls):/.test(text);
