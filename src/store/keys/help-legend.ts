/** A line of the legend: a sign or a word on the screen, how it is painted, and what it means. */
export type LegendLine = {
  sign: string;
  paint?:
    | 'spawn'
    | 'exit'
    | 'failure'
    | 'exec'
    | 'zombie'
    | 'gap'
    | 'error'
    | 'label'
    | 'title'
    | 'focused'
    | 'live'
    | 'paused';
  text: string;
  /** Whether only the help of a source of several guests has the line. */
  fleetOnly?: true;
};

const hostLegend: readonly LegendLine[] = [
  { sign: '● …', paint: 'live', text: 'hosts: live; nothing received for a while' },
  { sign: '↻ ×', paint: 'gap', text: 'hosts: reconnecting; failed, with the reason in the row' },
  { sign: '○ ■', text: 'hosts: connecting; its trace has ended' },
  { sign: 'MISSED 3+120', text: 'hosts: missed tasks and lost records' },
  { sign: 'SKEW', text: 'hosts: clock of the guest against this one, at least; - is less than 10 ms' },
  { sign: 'LAG HEARD', text: 'hosts: age of the newest record; time since the guest sent anything' },
];

/** What the signs, colors and figures on the screen mean. The help starts with it. */
export const legend: readonly LegendLine[] = [
  { sign: '+', paint: 'spawn', text: 'spawned; a row of the table keeps it for one second' },
  { sign: '-', paint: 'exit', text: 'exited; the row stays for one second, the event stays in the log' },
  { sign: '×', paint: 'failure', text: 'failed: exit code other than 0, or a signal; ? is unknown' },
  { sign: 'z', paint: 'zombie', text: 'zombie: exited, but not reaped by its parent yet' },
  { sign: '>', paint: 'exec', text: 'exec: runs another program now' },
  { sign: 'u', paint: 'exec', text: 'changed its user' },
  { sign: '!', paint: 'gap', text: 'events are missing from here to there, or an alert' },
  { sign: '#', paint: 'title', text: 'a note' },
  { sign: '↻', paint: 'gap', text: 'churn: a crash loop' },
  { sign: '*', paint: 'focused', text: 'marked with m' },
  { sign: '› ▾', paint: 'focused', text: 'the list that keys act on; the column that it is sorted by' },
  { sign: 'spawn exit', text: 'processes per second, and the last minute as bars' },
  { sign: 'failed 3/min', text: 'exits that are known to have failed, in the last minute' },
  { sign: 'alive zombies', text: 'processes at this moment' },
  {
    sign: 'seen 99.5%',
    text: 'share of the new processes that were recorded; the others were too short-lived',
  },
  { sign: 'seen ?', text: 'not counted in walk mode; churntop check shows why' },
  { sign: '● LIVE', paint: 'live', text: 'the view follows the system' },
  { sign: 'PAUSED +12', paint: 'paused', text: 'the view is paused, and 12 records have arrived since' },
  { sign: '● REC', paint: 'failure', text: 'a trace is being recorded' },
  ...hostLegend.map((line): LegendLine => ({ ...line, fleetOnly: true })),
];
