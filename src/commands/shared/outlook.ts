import { presentDaemonSet, storedDaemonSet } from '#apiserver/defaults/stored.ts'
import type { Context } from '#cli/context.ts'
import type { Invocation } from '#cli/spec.ts'
import { nameOf } from '#cluster/resources.ts'
import { sameName } from '#controller/changes/plan-changes.ts'
import { simulate } from '#controller/simulate/simulate.ts'
import { usualReadySeconds } from '#controller/simulate/usual-start.ts'
import type { DaemonSet, KubeObject } from '#kube/types.ts'
import { planPlacement } from '#placement/plan.ts'
import { answerChanges } from '#planning/changes.ts'
import type { Outlook } from '#views/consequences.ts'
import { askCluster } from './admission.ts'
import type { Connected } from './connection.ts'
import { askServer } from './dry-run.ts'
import type { Whole } from './whole.ts'

/** The state that DaemonSets are applied to. */
type OutlookScene = Omit<Whole, 'daemonSets'>

/** What comes of a DaemonSet as it would be stored: nodes, pods, admission, and its roll-out played to the end. */
export function outlookIn(after: DaemonSet, scene: OutlookScene): Outlook {
  const { ask, namespace, now, serverVersion, snapshot } = scene
  const daemonSet = storedDaemonSet(after, namespace)
  const plan = planPlacement(daemonSet, snapshot.nodes, namespace, {})
  const question = { namespace, comparisonOperators: false, serverVersion, now, snapshot, ask }
  const { admission, present, warnings } = answerChanges(plan, snapshot.nodes, question)
  const live = snapshot.daemonSets.find((one) => sameName(presentDaemonSet(one, namespace), daemonSet))
  const current = live && presentDaemonSet(live, namespace)
  const readyAfterSeconds = current && usualReadySeconds(current, snapshot.pods)
  const simulation = simulate({
    ...snapshot,
    daemonSet,
    current,
    admission: ask(daemonSet),
    now,
    serverVersion,
    readyAfterSeconds,
  })
  return { plan, changes: present, admission, simulation, readyAfterSeconds, warnings }
}

/** The same on a live cluster, which is asked about its nodes, pods, and whether it lets the new pods in. */
export async function liveOutlooks(
  invocation: Invocation,
  connected: Connected,
  question: {
    readonly after: readonly DaemonSet[]
    readonly before: readonly (DaemonSet | undefined)[]
    readonly beside?: readonly KubeObject[]
  },
  context: Context,
): Promise<readonly Outlook[]> {
  const { cluster, namespace, signal } = connected
  const { after, before, beside = [] } = question
  const { readDisruptionBudgets, readForRules, readLiveState } = await import('../bundles/live.ts')
  const daemonSets = after.map((one) => storedDaemonSet(one, namespace))
  const current = before.map((one) => Promise.resolve(one))
  const [state, disruptionBudgets, ...servers] = await Promise.all([
    readLiveState(invocation, connected, { daemonSets, current, present: true }, context),
    readDisruptionBudgets(cluster, signal),
    ...daemonSets.map((one) => askServer(cluster, one, signal, { read: readForRules })),
  ])
  const told = servers.flatMap((server, at) => {
    const around = state.around[at]
    return around ? [{ around, ...server }] : []
  })
  const scene: OutlookScene = {
    snapshot: { ...state.snapshot, disruptionBudgets },
    ask: askCluster(told, beside),
    namespace,
    serverVersion: state.serverVersion,
    now: context.clock.now(),
  }
  return daemonSets.map((one) => outlookIn({ ...one, metadata: { ...one.metadata, ...nameOf(one) } }, scene))
}
