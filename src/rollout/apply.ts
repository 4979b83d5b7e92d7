import { patched, patchFor } from '#apiserver/patch/applied.ts'
import { lastApplied, modifiedConfiguration } from '#apiserver/patch/last-applied.ts'
import { type JsonObject, withoutNulls } from '#base/json.ts'
import { found } from '#cluster/found.ts'
import type { Cluster, WriteOptions } from '#cluster/port.ts'
import { daemonSets, nameOf } from '#cluster/resources.ts'
import type { DaemonSet } from '#kube/types.ts'
import { applyServerSide } from './server-side-apply.ts'
import { carryOut, interruptible, type RepeatableWrite, type Write } from './uncertain-write.ts'

export const clientSideManager = 'kubectl-client-side-apply'

export interface ApplyOptions extends Omit<WriteOptions, 'dryRun'> {
  /** `client` sends nothing that is stored: the patch is applied here. */
  readonly dryRun?: 'none' | 'client' | 'server'
  /** The live object, by somebody who reads it already; undefined for none. */
  readonly current?: Promise<DaemonSet | undefined> | undefined
  /** Server-side apply. */
  readonly serverSide?: boolean
  /** False refuses to undo what somebody else has changed since it was applied last. */
  readonly overwrite?: boolean
  /** Told what kubectl warns of by itself. */
  readonly note?: (text: string) => void
  /** Waits before another try, ever longer; absent does not wait. */
  readonly pause?: (attempt: number) => Promise<void>
}

export interface Applied {
  readonly outcome: 'created' | 'configured' | 'unchanged' | 'serverside-applied'
  /** As it is now; in a dry run as it would be. */
  readonly daemonSet: DaemonSet
}

/**
 * Applies a manifest as `kubectl apply` does: creates the DaemonSet, or sends the patch of {@link patchFor}, with the same
 * annotation. The manifest is of `apps/v1` and names its namespace. A write whose answer got lost is looked up and made again
 * if it was not carried out; where that tells nothing, the error says so.
 *
 * @throws ApiError in kubectl's words when the server refuses it, {@link OverwriteConflict}, or PatchError as KdsError
 */
export async function applyDaemonSet(
  cluster: Cluster,
  manifest: JsonObject,
  options: ApplyOptions = {},
): Promise<Applied> {
  const {
    current: reading,
    dryRun = 'none',
    note = () => {},
    overwrite = true,
    pause,
    serverSide,
    ...more
  } = options
  const name = nameOf(manifest as DaemonSet)
  const write = { ...more, dryRun: dryRun === 'server' }
  const { signal } = more
  if (serverSide) {
    const sent = applyServerSide(cluster, name, manifest, { ...write, note })
    const told: Write = { daemonSet: manifest as DaemonSet, done: 'applied' }
    const daemonSet = await (dryRun === 'none' ? interruptible(told, signal, sent) : sent)
    return { outcome: 'serverside-applied', daemonSet }
  }
  const modified = modifiedConfiguration(manifest)
  const current = await (reading ?? found(cluster, name, signal))
  if (current && lastApplied(current as JsonObject) === undefined) note(missingAnnotation(name.name))
  const step = (state: DaemonSet | undefined) =>
    state
      ? patchOnce(cluster, state, modified, { dryRun, overwrite, write })
      : createOnce(cluster, modified, { dryRun, write })
  const outcome = current ? 'configured' : 'created'
  const repeatable: RepeatableWrite<DaemonSet | undefined, Applied> = {
    daemonSet: (current ?? modified) as DaemonSet,
    done: outcome,
    signal,
    pause,
    make: step,
    look: () => found(cluster, name, signal),
    found: (state, before) =>
      state && isDone(state, modified, before) ? { outcome, daemonSet: state } : undefined,
    isSame: (state, before) => state?.metadata?.uid === before?.metadata?.uid,
  }
  const done = await (dryRun === 'none' ? carryOut(repeatable, current) : step(current))
  if (done.daemonSet.metadata?.deletionTimestamp)
    note(`Detected changes to resource ${name.name} which is currently being deleted.`)
  return done
}

interface Sending {
  readonly dryRun: 'none' | 'client' | 'server'
  readonly write: WriteOptions
}

async function createOnce(
  cluster: Cluster,
  modified: JsonObject,
  { dryRun, write }: Sending,
): Promise<Applied> {
  const object = withoutNulls(modified) as JsonObject
  const daemonSet =
    dryRun === 'client' ? (object as DaemonSet) : await cluster.create(daemonSets, object, write)
  return { outcome: 'created', daemonSet }
}

async function patchOnce(
  cluster: Cluster,
  state: DaemonSet,
  modified: JsonObject,
  { dryRun, overwrite, write }: Sending & { readonly overwrite: boolean },
): Promise<Applied> {
  const patch = patchFor(state, modified, overwrite)
  if (Object.keys(patch).length === 0) return { outcome: 'unchanged', daemonSet: state }
  if (dryRun === 'client') return { outcome: 'configured', daemonSet: patched(state, patch) }
  const daemonSet = await cluster.patch(daemonSets, nameOf(state), { type: 'strategic', body: patch }, write)
  return { outcome: 'configured', daemonSet }
}

/** Whether a write that is not certain was carried out: nothing is left to patch, or what it writes down is there and was not before. */
function isDone(state: DaemonSet, modified: JsonObject, before: DaemonSet | undefined): boolean {
  const written = lastApplied(modified)
  const isThere = (object: DaemonSet | undefined) => object && lastApplied(object as JsonObject) === written
  if (isThere(state) && !isThere(before)) return true
  return before !== undefined && Object.keys(patchFor(state, modified)).length === 0
}

const missingAnnotation = (name: string) =>
  `resource daemonsets/${name} is missing the kubectl.kubernetes.io/last-applied-configuration annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.`
