import type { CaptureMode } from '../../domain/events/event.ts';

/** Returns a capture mode as text: `cursor mode`, `kernel events`. */
export const modeText = (mode: CaptureMode): string => (mode === 'kernel' ? 'kernel events' : `${mode} mode`);
