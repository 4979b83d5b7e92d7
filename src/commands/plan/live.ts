import { UsageError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import type { Invocation } from '#cli/spec.ts'
import type { Connected } from '#commands/shared/connection.ts'
import { validateMode } from '#commands/shared/inputs/check.ts'
import { readDaemonSets } from '#commands/shared/inputs/manifests.ts'
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
    const { namedDaemonSets } = await loadLive()
    const found = await namedDaemonSets(invocation, connected, context)
    return found.map((value) => ({ value, findings: [] }))
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
  const daemonSets = toPlan.map(({ value }) => value)
  const { readDisruptionBudgets, readLiveState } = await loadLive()
  const asked = { daemonSets, present }
  const { snapshot, serverVersion } = await readLiveState(invocation, connected, asked, context)
  const question: ChangeQuestion | undefined = present
    ? {
        namespace: input.namespace,
        comparisonOperators: input.comparisonOperators,
        serverVersion,
        now: input.now,
        snapshot,
        readBudgets: () => readDisruptionBudgets(cluster, signal),
        ask: askSnapshot(snapshot, [], input.now),
      }
    : await olderQuestion(input, context)
  return planAll(toPlan, snapshot.nodes, question, input, context)
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
  const { onLiveCluster } = await loadLive()
  return onLiveCluster(invocation, context, (connected) =>
    planConnected(invocation, input, connected, context),
  )
}
