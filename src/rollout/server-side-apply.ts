import { ownersBy, upgradedManagers } from '#apiserver/managed-fields/client-side-upgrade.ts'
import { lastApplied } from '#apiserver/patch/last-applied.ts'
import { KdsError } from '#base/errors.ts'
import { getKey, isObject, type JsonObject } from '#base/json.ts'
import { ApiError } from '#cluster/api-error.ts'
import type { Cluster, ObjectName, WriteOptions } from '#cluster/port.ts'
import { daemonSets } from '#cluster/resources.ts'
import { lastAppliedAnnotation } from '#kube/annotations.ts'
import type { DaemonSet } from '#kube/types.ts'

/** The manager of `kubectl apply --server-side`, and the one that keeps the annotation of client-side apply for it. */
export const serverSideManager = 'kubectl'
const annotationManager = 'kubectl-last-applied'

const annotationField = { 'f:metadata': { 'f:annotations': { [`f:${lastAppliedAnnotation}`]: {} } } }

/** How often the move is tried while others write. */
const attempts = 5

/** A manifest as `kubectl apply --server-side` applies it. @throws KdsError in kubectl's words on a conflict. */
export async function applyServerSide(
  cluster: Cluster,
  name: ObjectName,
  manifest: JsonObject,
  options: WriteOptions & { readonly note: (text: string) => void },
): Promise<DaemonSet> {
  const send = () => cluster.patch(daemonSets, name, { type: 'apply', body: manifest }, options)
  let applied: DaemonSet
  try {
    applied = await send()
  } catch (error) {
    throw error instanceof ApiError && error.status === 409 ? conflict(error) : error
  }
  return moved(cluster, name, applied, send, options)
}

/** What client-side apply owned is handed over, or fields that the manifest drops would stay. That it fails is a warning only. */
async function moved(
  cluster: Cluster,
  name: ObjectName,
  applied: DaemonSet,
  send: () => Promise<DaemonSet>,
  { force: _, note, ...options }: WriteOptions & { readonly note: (text: string) => void },
): Promise<DaemonSet> {
  let after = applied
  let step = 'failed to migrate kubectl.kubernetes.io/last-applied-configuration for Server-Side Apply.'
  try {
    after = await keepAnnotation(cluster, name, applied, options)
    step = 'server rejected managed fields migration to Server-Side Apply.'
    if (!(await handOver(cluster, name, after, options))) return after
    step = 'failed to re-apply configuration after performing Server-Side Apply migration.'
    return await send()
  } catch (error) {
    if (!(error instanceof KdsError)) throw error
    const why = error instanceof ApiError && error.serverMessage ? error.serverMessage : error.message
    note(`${step} This is non-fatal and will be retried next time you apply. Error: ${why}`)
    return after
  }
}

const managersOf = ({ metadata }: DaemonSet) =>
  isObject(metadata) ? getKey(metadata as JsonObject, 'managedFields') : undefined

async function keepAnnotation(
  cluster: Cluster,
  name: ObjectName,
  daemonSet: DaemonSet,
  options: WriteOptions,
): Promise<DaemonSet> {
  if (options.fieldManager !== serverSideManager) return daemonSet
  const text = lastApplied(daemonSet as unknown as JsonObject)
  if (text === undefined || ownersBy(managersOf(daemonSet), 'Apply', annotationField).length > 0)
    return daemonSet
  const metadata = { ...name, annotations: { [lastAppliedAnnotation]: text } }
  const body = { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata } as JsonObject
  return cluster.patch(
    daemonSets,
    name,
    { type: 'apply', body },
    { ...options, fieldManager: annotationManager },
  )
}

async function handOver(
  cluster: Cluster,
  name: ObjectName,
  daemonSet: DaemonSet,
  options: WriteOptions,
): Promise<boolean> {
  const to = options.fieldManager ?? serverSideManager
  const from = ownersBy(managersOf(daemonSet), 'Update', annotationField)
  let state = daemonSet
  for (let attempt = 1; ; attempt++) {
    const managers = upgradedManagers(managersOf(state), from, to)
    if (!managers) return false
    const body = [
      { op: 'replace', path: '/metadata/managedFields', value: managers },
      { op: 'replace', path: '/metadata/resourceVersion', value: state.metadata?.resourceVersion ?? '' },
    ]
    try {
      await cluster.patch(daemonSets, name, { type: 'json', body }, options)
      return true
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 409 || attempt >= attempts) throw error
      state = await cluster.get(daemonSets, name, { signal: options.signal })
    }
  }
}

function conflict(error: ApiError): KdsError {
  return new KdsError(
    'Conflict',
    `${error.serverMessage}
Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the \`--force-conflicts\` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts`,
    { cause: error },
  )
}
