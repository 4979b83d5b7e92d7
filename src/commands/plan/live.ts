import { storedDaemonSet } from '#apiserver/defaults/stored.ts'
import { UsageError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import type { Invocation } from '#cli/spec.ts'
import { nameOf } from '#cluster/resources.ts'
import { askCluster, besideOf } from '#commands/shared/admission.ts'
import type { Connected } from '#commands/shared/connection.ts'
import { askServer } from '#commands/shared/dry-run.ts'
import { warn } from '#commands/shared/inputs/context.ts'
import { hasManifests } from '#commands/shared/inputs/manifest-files.ts'
import { readDaemonSets } from '#commands/shared/inputs/manifests.ts'
import type { KubeObject } from '#kube/types.ts'
import type { ChangeQuestion } from '#planning/changes.ts'
import { merged } from '#planning/merged.ts'
import type { ToPlan } from '#planning/plan.ts'
import { olderQuestion, type PlanInput, planAll } from './plan-all.ts'
import { applied } from './preflight.ts'

const loadLive = () => import('../bundles/live.ts')

/** The DaemonSets of `-f` with what is applied along, or those that the arguments name in the cluster. */
async function daemonSetsToPlan(
  invocation: Invocation,
  connected: Connected,
  context: Context,
): Promise<{ readonly daemonSets: readonly ToPlan[]; readonly beside: readonly KubeObject[] }> {
  if (!hasManifests(invocation)) {
    const { namedDaemonSets } = await loadLive()
    const found = await namedDaemonSets(invocation, connected, context)
    return { beside: [], daemonSets: found.map((value) => ({ value, findings: [] })) }
  }
  const checked = await readDaemonSets(invocation, context)
  return {
    beside: besideOf(checked, connected.namespace),
    daemonSets: checked.map(({ loaded, findings }) => ({
      value: loaded.value,
      findings,
      locate: loaded.locate,
    })),
  }
}

async function planConnected(
  invocation: Invocation,
  given: PlanInput,
  connected: Connected,
  context: Context,
): Promise<number> {
  const { cluster, signal } = connected
  const input = { ...given, namespace: connected.namespace }
  const read = await daemonSetsToPlan(invocation, connected, context)
  const present = input.from === undefined
  const preflight = present && !invocation.on('no-preflight')
  const daemonSets = read.daemonSets.map(({ value }) => value)
  const isManifest = hasManifests(invocation)
  const isApplied = isManifest && (preflight || invocation.on('server-dry-run'))
  const { found, readDisruptionBudgets, readForRules, readLiveState } = await loadLive()
  const asStored = daemonSets.map((one) => storedDaemonSet(one, input.namespace))
  const current = present || isApplied ? asStored.map((one) => found(cluster, nameOf(one), signal)) : []
  /** As they would be stored once they are applied. */
  const asApplied = read.daemonSets.map(async (one, at) => {
    const there = isManifest && (await current[at])
    return there ? merged(one, [there], input.namespace) : one
  })
  const [{ around, serverVersion, snapshot }, servers, stored, applying] = await Promise.all([
    readLiveState(invocation, connected, { daemonSets, current, present }, context),
    Promise.all(
      present
        ? asApplied.map(async (one) =>
            askServer(cluster, storedDaemonSet((await one).value, input.namespace), signal, {
              preflight,
              read: readForRules,
            }),
          )
        : [],
    ),
    Promise.all(
      isApplied
        ? read.daemonSets.map((one, at) => applied(invocation, connected, one, read.beside, current[at]))
        : [],
    ),
    Promise.all(asApplied),
    ...current,
  ])
  const toPlan = applying.map((one, at) => {
    const { value, findings = [] } = stored[at] ?? {}
    const asServed = invocation.on('server-dry-run') ? value : undefined
    const all = [...one.findings, ...findings]
    warn(all.slice(read.daemonSets[at]?.findings.length), context)
    return asServed ? { value: asServed, findings: all } : { ...one, findings: all }
  })
  const told = servers.flatMap((server, at) => {
    const one = around[at]
    const said = stored[at]?.findings.map(({ message }) => message)
    return one ? [{ around: one, ...server, said }] : []
  })
  const question: ChangeQuestion | undefined = present
    ? {
        namespace: input.namespace,
        comparisonOperators: input.comparisonOperators,
        serverVersion,
        now: input.now,
        snapshot,
        readBudgets: () => readDisruptionBudgets(cluster, signal),
        ask: askCluster(told, read.beside),
      }
    : await olderQuestion(input, context)
  return planAll(toPlan, snapshot.nodes, question, input, context)
}

/** Plans against the cluster that the connection flags name. Answers the exit code. */
export async function planLive(invocation: Invocation, input: PlanInput, context: Context): Promise<number> {
  const files = hasManifests(invocation)
  if (!files && invocation.on('server-dry-run'))
    throw new UsageError('--server-dry-run sends a manifest: it needs -f FILE or -k DIR')
  const { onLiveCluster } = await loadLive()
  return onLiveCluster(invocation, context, (connected) =>
    planConnected(invocation, input, connected, context),
  )
}
