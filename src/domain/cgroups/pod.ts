/** The service classes of Kubernetes pods. */
export type PodQos = 'guaranteed' | 'burstable' | 'besteffort';

/** A pod: a group of containers. Of Kubernetes, its UID; of podman, its ID, and no service class. */
export type Pod = { readonly uid: string; readonly qos?: PodQos };

/** A UUID; static pods have a hash instead. systemd reserves `-`, so slices have `_` in its place. */
const uid = '[0-9a-f]{8}(?:[-_]?[0-9a-f]{4}){3}[-_]?[0-9a-f]{12}';
/** `kubepods-burstable-podUID.slice`, also within `SLICE:cri-containerd:ID`. */
const podSlice = new RegExp(`(?:^|-)kubepods-(?:(burstable|besteffort)-)?pod(${uid})\\.slice(?::|$)`);
const podFolder = new RegExp(`^pod(${uid})$`);
const podmanPod = /^machine-libpod_pod_([0-9a-f]{64})\.slice$|^([0-9a-f]{64})$/;

/** Returns the pod of a segment of a cgroup path. `before` has the segments before it. */
export const podOfSegment = (segment: string, before: readonly string[]): Pod | undefined => {
  const [, sliceQos, sliceUid] = podSlice.exec(segment) ?? [];
  if (sliceUid !== undefined)
    return { uid: sliceUid.replaceAll('_', '-'), qos: (sliceQos as PodQos | undefined) ?? 'guaranteed' };
  const [, folderUid] = podFolder.exec(segment) ?? [];
  const parent = before.at(-1);
  if (folderUid !== undefined && before.includes('kubepods'))
    return {
      uid: folderUid,
      qos: parent === 'burstable' || parent === 'besteffort' ? parent : 'guaranteed',
    };
  const [, slicePod, folderPod] = podmanPod.exec(segment) ?? [];
  if (slicePod !== undefined) return { uid: slicePod };
  return folderPod !== undefined && parent === 'libpod_parent' ? { uid: folderPod } : undefined;
};
