import { patchSchemaOf } from '#apiserver/patch/merge-keys.ts'
import { strategicDiff } from '#apiserver/patch/strategic-diff.ts'
import { KdsError } from '#base/errors.ts'
import { ApiError } from '#cluster/api-error.ts'
import type { Cluster, WriteOptions } from '#cluster/port.ts'
import { daemonSets, nameOf } from '#cluster/resources.ts'
import type { DaemonSet, JsonObject } from '#kube/types.ts'
import { changeCauseAnnotation } from './own.ts'
import { carryOut } from './uncertain-write.ts'

/** Which container is to have which image; `*` means all of them. */
export type Images = ReadonlyMap<string, string>

/**
 * The DaemonSet with other images, init containers included, and the names that no container has. A change cause, if it is not
 * empty, is written with them. As `kubectl set image` makes it.
 */
export function withImages(
  daemonSet: DaemonSet,
  images: Images,
  changeCause = '',
): { readonly daemonSet: DaemonSet; readonly missing: readonly string[] } {
  const { metadata, spec } = daemonSet
  const podSpec = spec?.template?.spec
  const lists = [podSpec?.initContainers, podSpec?.containers]
  const names = lists.flatMap((list) => (list ?? []).map(({ name }) => name))
  const missing = [...images.keys()].filter((name) =>
    name === '*' ? names.length === 0 : !names.includes(name),
  )
  const set = (list: (typeof lists)[number]) =>
    list?.map((one) => {
      const image = images.get(one.name ?? '') ?? images.get('*')
      return image === undefined ? one : { ...one, image }
    })
  const [initContainers, containers] = lists.map(set)
  const annotations = { ...metadata?.annotations, [changeCauseAnnotation]: changeCause }
  return {
    missing,
    daemonSet: {
      ...daemonSet,
      ...(changeCause === '' ? {} : { metadata: { ...metadata, annotations } }),
      spec: {
        ...spec,
        template: {
          ...spec?.template,
          spec: {
            ...podSpec,
            ...(initContainers ? { initContainers } : {}),
            ...(containers ? { containers } : {}),
          },
        },
      },
    },
  }
}

interface SetImageOptions extends WriteOptions {
  readonly changeCause?: string
  /** Waits before another try, ever longer; absent does not wait. */
  readonly pause?: (attempt: number) => Promise<void>
}

/** The patch that gives a DaemonSet its images; empty where nothing differs. */
export function imagePatch(daemonSet: DaemonSet, images: Images, changeCause = ''): JsonObject {
  const after = withImages(daemonSet, images, changeCause).daemonSet
  const parts = { additions: true, deletions: true, order: true }
  return strategicDiff(daemonSet as JsonObject, after as JsonObject, patchSchemaOf('DaemonSet'), parts)
}

/**
 * Gives a DaemonSet its images as `kubectl set image` does; undefined where it has them already. A write whose answer got lost is
 * looked up, and made again if it was not carried out.
 *
 * @throws KdsError in kubectl's words when the server refuses it
 */
export async function setImages(
  cluster: Cluster,
  daemonSet: DaemonSet,
  images: Images,
  options: SetImageOptions = {},
): Promise<DaemonSet | undefined> {
  const { changeCause = '', pause, ...write } = options
  const { signal } = write
  const patchOf = (state: DaemonSet) => imagePatch(state, images, changeCause)
  const isThere = (state: DaemonSet) => Object.keys(patchOf(state)).length === 0
  if (isThere(daemonSet)) return undefined
  const make = (state: DaemonSet) =>
    cluster.patch(daemonSets, nameOf(daemonSet), { type: 'strategic', body: patchOf(state) }, write)
  const repeatable = {
    daemonSet,
    done: 'given its image',
    signal,
    pause,
    make,
    look: () => cluster.get(daemonSets, nameOf(daemonSet), { signal }),
    found: (state: DaemonSet) => (isThere(state) ? state : undefined),
    isSame: (state: DaemonSet) => state.metadata?.uid === daemonSet.metadata?.uid,
  }
  try {
    return await (write.dryRun ? make(daemonSet) : carryOut(repeatable, daemonSet))
  } catch (error) {
    if (!(error instanceof ApiError) || error.serverMessage === '') throw error
    throw new KdsError(error.code, `failed to patch image update to pod template: ${error.serverMessage}`, {
      cause: error,
    })
  }
}
