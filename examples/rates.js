// An Ink program that uses the hook: node examples/rates.js
import { openLive, useProcWalker } from 'churntop/react';
import { Box, render, Text, useInput } from 'ink';
import { createElement as h } from 'react';

const source = openLive();

const Rates = () => {
  const { live, events, rates, paused, pause, resume } = useProcWalker(source);
  useInput(
    (input) => (input === 'p' && (paused ? resume() : pause())) || (input === 'q' && instance.unmount()),
  );
  return h(
    Box,
    { flexDirection: 'column' },
    h(
      Text,
      { bold: true },
      `${live.length} alive, ${rates.spawns.toFixed(1)} spawns per second${paused ? ', paused' : ''}`,
    ),
    ...events
      .slice(-5)
      .map(({ record }, row) => h(Text, { key: row }, `${record.probe_source} ${record.guest_comm ?? ''}`)),
  );
};

const instance = render(h(Rates));
