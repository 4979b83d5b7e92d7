import { type Diagnostic, KdsError, type Location } from '#base/errors.ts'
import { escapeLine } from '#base/escape.ts'
import { isDaemonSet } from '#kube/sorted-objects.ts'
import type { DaemonSet, KubeObject } from '#kube/types.ts'
import { shownSource } from './inputs.ts'
import type { LoadedObject, Manifests, SkippedKind } from './types.ts'

/** Parts objects into DaemonSets and those passed over, with a warning for each DaemonSet that needs one. */
export function pickDaemonSets(objects: readonly LoadedObject[]): Omit<Manifests, 'objects'> {
  const daemonSets: LoadedObject<DaemonSet>[] = []
  const others: KubeObject[] = []
  const diagnostics: Diagnostic[] = []
  for (const object of objects) {
    if (isDaemonSet(object.value)) daemonSets.push(object as LoadedObject<DaemonSet>)
    else {
      others.push(object.value)
      if (object.value.kind === 'DaemonSet') diagnostics.push(otherGroup(object))
    }
  }
  diagnostics.push(...duplicates(daemonSets))
  return { daemonSets, skipped: countKinds(others), diagnostics }
}

function otherGroup(object: LoadedObject): Diagnostic {
  return {
    severity: 'warning',
    code: 'foreign-daemonset',
    message: `a DaemonSet of ${escapeLine(String(object.value.apiVersion))} belongs to another controller; it is skipped`,
    location: object.locate(['apiVersion']),
    field: 'apiVersion',
    hint: 'kds knows the DaemonSets of apps/v1',
  }
}

function duplicates(daemonSets: readonly LoadedObject<DaemonSet>[]): Diagnostic[] {
  const first = new Map<string, LoadedObject>()
  const found: Diagnostic[] = []
  for (const object of daemonSets) {
    const { name, namespace } = object.value.metadata ?? {}
    if (typeof name !== 'string' || name === '') continue
    const key = `${namespace || 'default'}/${name}`
    const earlier = first.get(key)
    if (earlier) found.push(duplicate(key, earlier.locate(['metadata', 'name']), object))
    else first.set(key, object)
  }
  return found
}

function duplicate(key: string, earlier: Location, object: LoadedObject): Diagnostic {
  const place = `${escapeLine(earlier.file)}:${earlier.line}:${earlier.column}`
  return {
    severity: 'error',
    code: 'duplicate-daemonset',
    message: `the DaemonSet ${escapeLine(key)} is already defined at ${place}`,
    location: object.locate(['metadata', 'name']),
    field: 'metadata.name',
    hint: 'remove or rename one of the two: on a cluster the second would replace the first',
  }
}

/** How many objects there are of each kind, in the order of first sight. */
export function countKinds(objects: readonly KubeObject[]): SkippedKind[] {
  const counts = new Map<string, SkippedKind>()
  for (const { apiVersion, kind } of objects) {
    const key = `${apiVersion} ${kind}`
    const count = (counts.get(key)?.count ?? 0) + 1
    counts.set(key, { apiVersion: apiVersion ?? '', kind: kind ?? '', count })
  }
  return [...counts.values()]
}

/** Throws where there is no DaemonSet to work on, and names what was found instead. */
export function requireDaemonSets(manifests: Manifests, files: readonly string[]): void {
  if (manifests.daemonSets.length > 0) return
  const where = escapeLine(files.map((file) => (file === '-' ? 'stdin' : shownSource(file))).join(', '))
  if (manifests.objects.length === 0) {
    throw new KdsError(
      'no-objects',
      `there is no Kubernetes object in ${where}: nothing but comments or space`,
      {
        hint: files.includes('-') ? 'check the command before the pipe' : 'check that this is the right file',
        diagnostics: manifests.diagnostics,
      },
    )
  }
  throw new KdsError(
    'no-daemonset',
    `there is no DaemonSet in ${where}; found: ${nameKinds(manifests.skipped)}`,
    {
      hint: 'kds reads objects of apiVersion apps/v1 and kind DaemonSet',
      diagnostics: manifests.diagnostics,
    },
  )
}

/** `2 Service, 1 ConfigMap`; with the group where the kind alone does not tell which it is. */
export function nameKinds(skipped: readonly SkippedKind[]): string {
  const names = skipped.slice(0, 8).map(({ apiVersion, kind, count }) => {
    const shown = kind === 'DaemonSet' || kind === 'Node' ? `${kind} of ${apiVersion}` : kind
    return escapeLine(`${count} ${shown}`)
  })
  if (skipped.length > 8)
    names.push(`and ${skipped.length - 8} more ${skipped.length === 9 ? 'kind' : 'kinds'}`)
  return names.join(', ')
}
