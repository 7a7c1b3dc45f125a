import { BoundedMap } from '../../util/bounded-map.ts';
import { type Container, containerOfSegment, isSupervisor, payloadNames } from './container.ts';
import { type Pod, podOfSegment } from './pod.ts';
import { decodeUnitName, isSliceName, isUnitName, unescapeSegment } from './unit-name.ts';

/** Where a process runs, as far as the path of its cgroup shows it. */
export type CgroupPlace = {
  readonly path: string;
  /** The systemd unit: of the innermost container with units, or else of the host. */
  readonly unit: string | undefined;
  /** The innermost slice that contains the unit. */
  readonly slice: string | undefined;
  /** The container whose systemd has the unit; undefined for a unit of the host. */
  readonly unitContainer: Container | undefined;
  /** The UID whose user manager has the unit, if it is a unit of a user. */
  readonly managerUid: number | undefined;
  /** The login session, and the UID of its user. */
  readonly session: { readonly id: string; readonly uid: number | undefined } | undefined;
  /** The containers that the process is in, innermost first: containers run in containers. */
  readonly containers: readonly Container[];
  readonly pod: Pod | undefined;
};

type Units = Pick<CgroupPlace, 'unit' | 'slice' | 'managerUid' | 'session'>;

const noUnits: Units = { unit: undefined, slice: undefined, managerUid: undefined, session: undefined };
const userManager = /^user@(\d{1,10})\.service$/;
const userSlice = /^user-(\d{1,10})\.slice$/;
const sessionScope = /^session-([0-9a-z]+)\.scope$/;

/** Segments beyond this are not parsed, because a trace can contain any text. */
const maxSegments = 64;

/** Returns the place of a cgroup path, in the unified hierarchy or in that of systemd. Never throws. */
export const parsePlace = (path: string): CgroupPlace => {
  const segments = path.split('/', maxSegments + 2).filter((segment) => segment !== '' && segment !== '..');
  const parser = new PlaceParser();
  for (const [index, segment] of segments.slice(0, maxSegments).entries())
    parser.add(segment, segments.slice(0, index));
  return parser.place(path);
};

const maxCachedPlaces = 1024;
const cachedPlaces = new BoundedMap<CgroupPlace, string>(maxCachedPlaces);

/** Returns `parsePlace`, computed once for each path while it is among the latest 1024. */
export const placeOf = (path: string): CgroupPlace => {
  const cached = cachedPlaces.get(path);
  if (cached) return cached;
  const place = parsePlace(path);
  cachedPlaces.set(path, place);
  return place;
};

/**
 * Parses the segments of a path, outermost first. Units are found as systemd finds them: the first segment after the slices
 * is the unit, because anything below it is up to the service. A container starts a new tree of units.
 */
class PlaceParser {
  /** The units of the host and of each container, outermost first. */
  readonly #levels: UnitParser[] = [new UnitParser(false)];
  readonly #containers: Container[] = [];
  #pod: Pod | undefined;

  add(segment: string, before: readonly string[]): void {
    this.#pod = podOfSegment(segment, before) ?? this.#pod;
    if (isSupervisor(segment, this.#containers.at(-1))) {
      this.#containers.pop();
      this.#levels.pop();
      this.#level.isComplete = true;
      return;
    }
    const container = containerOfSegment(segment, before);
    this.#level.add(unescapeSegment(segment));
    if (!container) return;
    this.#containers.push(container);
    this.#levels.push(new UnitParser(true));
  }

  place(path: string): CgroupPlace {
    const level = this.#levels.findLastIndex(({ units }) => units !== noUnits);
    return {
      path,
      ...(this.#levels[level]?.units ?? noUnits),
      unitContainer: this.#containers[level - 1],
      containers: this.#containers.toReversed(),
      pod: this.#pod,
    };
  }

  get #level(): UnitParser {
    return this.#levels.at(-1) as UnitParser;
  }
}

/** Parses the units of one systemd, and those of its user managers. */
class UnitParser {
  units: Units = noUnits;
  /** Whether the unit is known, or there is none. */
  isComplete = false;
  #uid: number | undefined;
  /** Whether the next segment can be that of the payload. */
  #isPayloadNext: boolean;

  constructor(isInContainer: boolean) {
    this.#isPayloadNext = isInContainer;
  }

  add(segment: string): void {
    const isPayload = this.#isPayloadNext && payloadNames.has(segment);
    this.#isPayloadNext = false;
    if (this.isComplete || isPayload) return;
    if (isSliceName(segment)) {
      const [, uid] = userSlice.exec(segment) ?? [];
      if (uid !== undefined) this.#uid = Number(uid);
      this.units = { ...this.units, slice: decodeUnitName(segment) };
      return;
    }
    this.isComplete = true;
    const { managerUid } = this.units;
    // The manager of a user itself runs in its `init.scope`.
    if (!isUnitName(segment) || (managerUid !== undefined && segment === 'init.scope')) return;
    const [, uid] = userManager.exec(segment) ?? [];
    const [, session] = sessionScope.exec(segment) ?? [];
    const isManager = uid !== undefined && managerUid === undefined;
    if (isManager) this.isComplete = false;
    this.units = {
      ...this.units,
      unit: decodeUnitName(segment),
      ...(isManager && { managerUid: Number(uid) }),
      ...(session !== undefined && managerUid === undefined && { session: { id: session, uid: this.#uid } }),
    };
  }
}
