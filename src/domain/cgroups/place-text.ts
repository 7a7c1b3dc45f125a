import type { Container } from './container.ts';
import { type CgroupPlace, placeOf } from './place.ts';

/** Length of an ID as container tools show it. */
const shortIdLength = 12;
const longId = /[0-9a-f]{64}/g;

/** Key of the group of the processes that are known to be outside of all containers. */
export const noContainerKey = '(no container)';

/** Shortens the container IDs in a text to 12 digits. */
export const shortenIds = (text: string): string =>
  text.replaceAll(longId, (id) => id.slice(0, shortIdLength));

/** Shortens the IDs in a path, and drops its first segments while it is longer than `maxLength`. */
export const shortenPath = (path: string, maxLength: number): string => {
  const text = shortenIds(path);
  if (text.length <= maxLength) return text;
  const start = text.indexOf('/', text.length - maxLength + 1);
  return start < 0 ? text : `…${text.slice(start)}`;
};

/** Returns the name of a container, or else the first 12 digits of its ID. */
export const containerName = ({ id, name }: Container): string => name ?? (id ?? '').slice(0, shortIdLength);

/** Formats a container: `docker:0123456789ab`, `lxc:web`. Without an engine: `0123456789ab`. */
export const formatContainer = (container: Container): string =>
  (container.engine === undefined ? '' : `${container.engine}:`) + containerName(container);

/**
 * Returns the key of the unit of a cgroup path: `nginx.service`, `user@1000/dbus.service` of a user, `web/nginx.service` of
 * a container. Without a unit: the container, or else the path.
 */
export const unitKeyOf = (cgroup: string): string => {
  const { unit, path, managerUid, unitContainer, containers } = placeOf(cgroup);
  const [container] = containers;
  if (unit === undefined) return container ? formatContainer(container) : path;
  const isUserUnit = managerUid !== undefined && !unit.startsWith('user@');
  const key = isUserUnit ? `user@${managerUid}/${unit}` : unit;
  return unitContainer ? `${containerName(unitContainer)}/${key}` : key;
};

/** Returns the key of the innermost container of a cgroup path. */
export const containerKeyOf = (cgroup: string): string => {
  const [container] = placeOf(cgroup).containers;
  return container ? formatContainer(container) : noContainerKey;
};

/**
 * Returns the text of the column UNIT: the container, or else the unit; without both the path, and `-` for the root. A unit
 * in a container has the container before it.
 */
export const formatPlace = (cgroup: string): string => {
  const { containers, unitContainer, path } = placeOf(cgroup);
  const [container] = containers;
  if (container && container !== unitContainer) return formatContainer(container);
  return path === '/' ? '-' : shortenIds(unitKeyOf(cgroup));
};

const userText = (uid: number, userName: (uid: number) => string): string => `user ${userName(uid)}`;

/** Describes the unit of a place: `session-3.scope (session 3 of user alice)`. */
export const describeUnit = (
  { unit, managerUid, session, unitContainer }: CgroupPlace,
  userName: (uid: number) => string,
): string | undefined => {
  if (unit === undefined) return undefined;
  // A container has its own users.
  const name = unitContainer ? String : userName;
  const notes = [
    unitContainer && `in container ${containerName(unitContainer)}`,
    session &&
      `session ${session.id}${session.uid === undefined ? '' : ` of ${userText(session.uid, name)}`}`,
    managerUid === undefined ? undefined : `manager of ${userText(managerUid, name)}`,
  ].filter((note) => note !== undefined);
  return shortenIds(unit) + (notes.length === 0 ? '' : ` (${notes.join(', ')})`);
};

/** Describes the containers of a place, innermost first: `docker 0123456789ab in lxc web`. */
export const describeContainers = ({ containers }: CgroupPlace): string | undefined =>
  containers.length === 0
    ? undefined
    : containers
        .map((container) => [container.engine, containerName(container)].filter(Boolean).join(' '))
        .join(' in ');

/** Describes the pod of a place: `UID (burstable)`. */
export const describePod = ({ pod }: CgroupPlace): string | undefined =>
  pod && shortenIds(pod.uid) + (pod.qos === undefined ? '' : ` (${pod.qos})`);
