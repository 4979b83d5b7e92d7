import { presentDaemonSet, storedDaemonSet } from '#apiserver/defaults/stored.ts'
import { UsageError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import type { Invocation } from '#cli/spec.ts'
import { nameOf } from '#cluster/resources.ts'
import { readSnapshot } from '#cluster/snapshot/read-snapshot.ts'
import { askCluster, besideOf } from '#commands/shared/admission.ts'
import type { Connected } from '#commands/shared/connection.ts'
import { askServer } from '#commands/shared/dry-run.ts'
import { requireNodes } from '#commands/shared/inputs/cluster.ts'
import { inputContext, warn } from '#commands/shared/inputs/context.ts'
import { readDaemonSets, refuseSharedStdin } from '#commands/shared/inputs/manifests.ts'
import { mergedAll } from '#commands/shared/inputs/merging.ts'
import { presentTime } from '#commands/shared/inputs/present-time.ts'
import type { Whole } from '#commands/shared/whole.ts'
import type { SimulateInput } from '#controller/simulate/start.ts'
import type { DaemonSet } from '#kube/types.ts'
import { type AskPods, askObjects } from '#planning/ask-objects.ts'

/** What is played: DaemonSets as they would be stored, on a cluster. */
export interface Scene extends Omit<Whole, 'namespace' | 'ask'> {
  /** The pods that are there are known, or nodes alone. */
  readonly present: boolean
  /** Asks whether new pods are let in. */
  readonly ask?: AskPods
}

const loadLive = () => import('../../bundles/live.ts')

const sameObject = (a: DaemonSet, b: DaemonSet) =>
  a.metadata?.name === b.metadata?.name &&
  (a.metadata?.namespace || 'default') === (b.metadata?.namespace || 'default')

/** What the model is asked about one of them, as written. */
export function sceneInput(daemonSet: DaemonSet, scene: Scene): SimulateInput {
  const { now, serverVersion, snapshot } = scene
  if (!scene.present) return { daemonSet, nodes: snapshot.nodes, now, serverVersion }
  const current = snapshot.daemonSets.find((other) => sameObject(other, daemonSet))
  const namespace = daemonSet.metadata?.namespace ?? ''
  return {
    ...snapshot,
    daemonSet,
    now,
    serverVersion,
    admission: scene.ask?.(daemonSet),
    current: current && presentDaemonSet(current, namespace),
  }
}

/** Manifests on what `--snapshot` and `--nodes` hold. */
export async function sceneOfFiles(invocation: Invocation, context: Context): Promise<Scene> {
  const sources = [...invocation.list('snapshot'), ...invocation.list('nodes')]
  if (invocation.args.length > 0)
    throw new UsageError('ds/NAME asks the cluster: it cannot be used with --nodes or --snapshot')
  refuseSharedStdin(invocation, ['filename', 'nodes', 'snapshot'])
  const checked = await readDaemonSets(invocation, context)
  const snapshot = await readSnapshot({ ...inputContext(context), sources })
  requireNodes(snapshot, sources)
  warn(snapshot.diagnostics, context)
  const namespace = invocation.text('namespace') ?? 'default'
  const present = invocation.list('snapshot').length > 0
  const now = presentTime(invocation, context)
  const toPlan = await mergedAll(checked, snapshot.daemonSets, namespace, context)
  return {
    daemonSets: toPlan.map(({ value }) => value),
    snapshot,
    present,
    now,
    ...(present && { ask: askObjects(snapshot, besideOf(checked, namespace), now) }),
    serverVersion: invocation.text('server-version'),
  }
}

/** What to play on a live cluster, by the command line alone. @throws UsageError */
export function refuseLiveUsage(invocation: Invocation): void {
  const files = invocation.list('filename').length > 0 || invocation.text('kustomize') !== undefined
  const named = invocation.args.length > 0
  if (!files && !named)
    throw new UsageError(
      'no DaemonSet given: name a manifest with -f FILE or a kustomization with -k DIR, or the restart of one of the cluster with ds/NAME',
    )
  if (files && named) throw new UsageError('only one of a file and ds/NAME can be simulated at a time')
}

/** Manifests, or restarts of what the arguments name, on the live cluster. */
export async function sceneOfCluster(
  invocation: Invocation,
  connected: Connected,
  context: Context,
): Promise<Scene> {
  const { cluster, namespace, signal } = connected
  const now = presentTime(invocation, context)
  const { found, namedDaemonSets, readDisruptionBudgets, readForRules, readLiveState, restarted } =
    await loadLive()
  const checked = invocation.args.length > 0 ? [] : await readDaemonSets(invocation, context)
  const namesakes = async () => {
    const stored = checked.map(({ loaded }) => nameOf(storedDaemonSet(loaded.value, namespace)))
    const all = await Promise.all(stored.map((name) => found(cluster, name, signal)))
    return all.filter((one) => one !== undefined)
  }
  const daemonSets =
    invocation.args.length > 0
      ? (await namedDaemonSets(invocation, connected, context)).map((one) =>
          restarted(presentDaemonSet(one, namespace), { now, offsetMinutes: 0 }),
        )
      : (await mergedAll(checked, await namesakes(), namespace, context)).map(({ value }) => value)
  const [state, disruptionBudgets, ...servers] = await Promise.all([
    readLiveState(invocation, connected, { daemonSets, present: true }, context),
    readDisruptionBudgets(cluster, signal),
    ...daemonSets.map((one) => askServer(cluster, one, signal, { read: readForRules })),
  ])
  const snapshot = { ...state.snapshot, disruptionBudgets }
  const told = servers.flatMap((server, at) => {
    const around = state.around[at]
    return around ? [{ around, ...server }] : []
  })
  const ask = askCluster(told, besideOf(checked, namespace))
  return { daemonSets, snapshot, present: true, now, serverVersion: state.serverVersion, ask }
}
