import type { OpenKernelSampler } from './select-sampler.ts';

export const openKernelSampler: OpenKernelSampler = () => {
  throw new Error('this version has no support for them');
};
