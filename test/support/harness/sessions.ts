import { afterEach } from 'vitest';
import type { Session } from './pty.ts';

/** Kills sessions after each test. Returns a function that adds a session, and returns it. */
export const killSessionsAfterEach = (): ((session: Session) => Session) => {
  const sessions: Session[] = [];
  afterEach(async () => {
    for (const session of sessions.splice(0)) {
      session.kill('SIGKILL');
      await session.exit;
    }
  });
  return (session) => {
    sessions.push(session);
    return session;
  };
};
