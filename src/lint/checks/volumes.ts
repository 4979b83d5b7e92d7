import type { FieldPath } from '#base/field-path.ts'
import type { JsonObject } from '#base/json.ts'
import { boolIn, objectIn, objectOrNone, objectsIn, stringIn, stringsIn } from '#kube/read.ts'
import { containersOf, paste } from '../subject.ts'
import type { Checks } from '../types.ts'

/** What agents read and nobody but the node writes. */
const readOnlyPaths = new Set([
  '/',
  '/boot',
  '/etc',
  '/etc/group',
  '/etc/hosts',
  '/etc/machine-id',
  '/etc/os-release',
  '/etc/passwd',
  '/etc/resolv.conf',
  '/lib/modules',
  '/proc',
  '/sys',
  '/usr',
  '/usr/src',
  '/var/lib/docker/containers',
  '/var/log/containers',
  '/var/log/pods',
])

interface Mounted {
  readonly mount: JsonObject
  readonly volume: JsonObject
  readonly container: JsonObject
  readonly path: FieldPath
}

function mountsOf(pod: JsonObject): Mounted[] {
  const volumes = new Map(objectsIn(pod, 'volumes').map((volume) => [stringIn(volume, 'name'), volume]))
  return containersOf(pod).flatMap(({ container, path }) =>
    objectsIn(container, 'volumeMounts').flatMap((mount, index) => {
      const volume = volumes.get(stringIn(mount, 'name'))
      return volume ? [{ mount, volume, container, path: [...path, 'volumeMounts', index] }] : []
    }),
  )
}

/** One that can write to the node whatever its mounts say. */
function ownsNode(container: JsonObject): boolean {
  const context = objectIn(container, 'securityContext')
  const added = stringsIn(objectIn(context, 'capabilities'), 'add')
  return boolIn(context, 'privileged') || added.some((name) => ['ALL', 'SYS_ADMIN'].includes(name))
}

/** What the pod mounts. */
export const volumes: Checks = {
  'writable-host-path': {
    severity: 'warning',
    why: 'One compromised container of the DaemonSet can change every node.',
    *find({ pod }) {
      for (const { mount, volume, container, path } of mountsOf(pod)) {
        const host = stringIn(objectIn(volume, 'hostPath'), 'path')
        const propagates = stringIn(mount, 'mountPropagation') === 'Bidirectional'
        if (ownsNode(container) || propagates || boolIn(mount, 'readOnly')) continue
        if (!readOnlyPaths.has(host.replace(/(.)\/+$/, '$1'))) continue
        const message = `${stringIn(container, 'name')} may write to ${host} of the node`
        yield { path, message, fix: paste('mount it read-only', path, { readOnly: true }) }
      }
    },
  },
  'subpath-config': {
    severity: 'info',
    why: 'A volume mounted by subPath never sees a change, and daemon pods live long.',
    fix: 'mount the folder, or restart after each change: kds rollout restart',
    *find({ pod }) {
      for (const { mount, volume, path } of mountsOf(pod)) {
        const kind = ['configMap', 'secret', 'projected'].find((name) => objectOrNone(volume, name))
        if (!kind || stringIn(mount, 'subPath') + stringIn(mount, 'subPathExpr') === '') continue
        yield {
          path: [...path, stringIn(mount, 'subPath') === '' ? 'subPathExpr' : 'subPath'],
          message: `${stringIn(mount, 'mountPath')} keeps what the ${kind} ${stringIn(volume, 'name')} held when the pod started`,
        }
      }
    },
  },
}
