import { type Diagnostic, KdsError, UsageError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import type { Invocation } from '#cli/spec.ts'
import type { LiveState } from '#cluster/snapshot/from-cluster.ts'
import type { Connected } from '#commands/shared/connection.ts'
import { validateMode } from '#commands/shared/inputs/check.ts'
import { warn } from '#commands/shared/inputs/context.ts'
import { readDaemonSets } from '#commands/shared/inputs/manifests.ts'
import type { DaemonSet } from '#kube/types.ts'
import { askSnapshot } from './admission.ts'
import type { ChangeQuestion } from './changes.ts'
import { olderQuestion, type PlanInput, planAll, type ToPlan } from './plan-all.ts'
import { serverDryRun } from './server-dry-run.ts'

const loadLive = () => import('../bundles/live.ts')

/** The DaemonSets of `-f`, or those that the arguments name in the cluster. */
async function daemonSetsToPlan(
  invocation: Invocation,
  input: PlanInput,
  connected: Connected,
  context: Context,
): Promise<ToPlan[]> {
  if (invocation.args.length > 0) {
    const { getTargets, requestedTargets } = await loadLive()
    const found = await getTargets(await requestedTargets(invocation, context), connected)
    const [error] = found.errors
    if (error) throw error
    if (found.daemonSets.length === 0)
      throw new KdsError('no-target', `there is no DaemonSet in the namespace ${connected.namespace}`)
    return found.daemonSets.map((value) => ({ value, findings: [] }))
  }
  const checked = await readDaemonSets(invocation, context)
  const plain = checked.map(({ loaded, findings }) => ({
    value: loaded.value,
    findings,
    locate: loaded.locate,
  }))
  if (!invocation.on('server-dry-run')) return plain
  const validate = validateMode(invocation.text('validate') ?? 'strict')
  const { cluster, signal } = connected
  const done: ToPlan[] = []
  for (const one of plain) {
    const value = await serverDryRun(cluster, one.value, input.namespace, { validate, signal })
    done.push({ value, findings: one.findings })
  }
  return done
}

function named(daemonSet: DaemonSet, namespace: string): DaemonSet {
  return {
    ...daemonSet,
    metadata: { ...daemonSet.metadata, namespace: daemonSet.metadata?.namespace || namespace },
  }
}

function unreadableWarnings({ unreadable }: LiveState): Diagnostic[] {
  return unreadable.map((what) => ({
    severity: 'warning',
    code: 'unreadable',
    message: `${what} may not be read: whether a pod fits is told without them`,
    hint: 'kubectl auth can-i list pods -A',
  }))
}

async function planConnected(
  invocation: Invocation,
  given: PlanInput,
  connected: Connected,
  context: Context,
): Promise<number> {
  const { cluster, signal } = connected
  const input = { ...given, namespace: connected.namespace }
  const toPlan = await daemonSetsToPlan(invocation, input, connected, context)
  const present = input.from === undefined
  const daemonSets = toPlan.map(({ value }) => named(value, input.namespace))
  const { readDisruptionBudgets, readLive } = await loadLive()
  const [state, version] = await Promise.all([
    readLive(cluster, { daemonSets, present, signal }),
    invocation.given('server-version') || !present ? undefined : cluster.version({ signal }),
  ])
  warn(unreadableWarnings(state), context)
  const { snapshot } = state
  if (snapshot.nodes.length === 0) throw new KdsError('no-node', 'the cluster has no Node')
  const question: ChangeQuestion | undefined = present
    ? {
        namespace: input.namespace,
        comparisonOperators: input.comparisonOperators,
        serverVersion: version?.gitVersion ?? input.serverVersion,
        now: input.now,
        snapshot,
        readBudgets: () => readDisruptionBudgets(cluster, signal),
        ask: askSnapshot(snapshot, [], input.now),
      }
    : await olderQuestion(input, context)
  return planAll(toPlan, snapshot.nodes, question, input, context)
}

/** What needs no cluster, for a user who has none at hand. */
function offlineHint(error: unknown): unknown {
  if (!(error instanceof KdsError) || error.hint !== undefined) return error
  if (error.code !== 'Connection' && error.code !== 'configuration') return error
  return new KdsError(error.code, error.message, {
    verbatim: error.verbatim,
    cause: error,
    hint: 'without a cluster: name the nodes with --nodes FILE, or a whole dump with --snapshot FILE',
  })
}

/** Plans against the cluster that the connection flags name. Answers the exit code. */
export async function planLive(invocation: Invocation, input: PlanInput, context: Context): Promise<number> {
  const files = invocation.list('filename').length > 0 || invocation.text('kustomize') !== undefined
  if (!files && invocation.args.length === 0)
    throw new UsageError(
      'no DaemonSet given: name a manifest with -f FILE or a kustomization with -k DIR, or one of the cluster with ds/NAME',
    )
  if (files && invocation.args.length > 0)
    throw new UsageError('only one of a file and ds/NAME can be planned at a time')
  if (!files && invocation.on('server-dry-run'))
    throw new UsageError('--server-dry-run sends a manifest: it needs -f FILE or -k DIR')
  const { hinted, withCluster } = await loadLive()
  try {
    return await withCluster(invocation, context, async (connected) => {
      try {
        return await planConnected(invocation, input, connected, context)
      } catch (error) {
        throw await hinted(error, connected)
      }
    })
  } catch (error) {
    throw offlineHint(error)
  }
}
