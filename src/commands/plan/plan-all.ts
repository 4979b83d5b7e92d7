import type { Context } from '#cli/context.ts'
import { requireNodesNamed } from '#commands/shared/inputs/cluster.ts'
import { inputContext, warn } from '#commands/shared/inputs/context.ts'
import { requirePolicies } from '#commands/shared/policies.ts'
import type { Node } from '#kube/types.ts'
import { requireDaemonSets } from '#manifest/daemon-sets.ts'
import { readManifests } from '#manifest/read-manifests.ts'
import type { ChangeQuestion } from '#planning/changes.ts'
import { type PlannedManifest, planOne, shownOf, type ToPlan } from '#planning/plan.ts'
import type { PolicyRules } from '#views/plan/policies.ts'
import { writePage } from './page.ts'
import { type PlanOutput, showMaps, showPlans } from './show.ts'

export interface PlanInput {
  /** Files say what the cluster looks like. */
  readonly offline: boolean
  readonly nodeSources: readonly string[]
  readonly snapshotSources: readonly string[]
  /** A manifest to compare with, without any pods. */
  readonly from: string | undefined
  /** Nodes to trace; empty: the whole plan. */
  readonly traced: readonly string[]
  readonly output: PlanOutput
  /** Labels by which the nodes of a map are grouped; undefined: no map is drawn. */
  readonly mapBy?: readonly string[]
  readonly namespace: string
  readonly comparisonOperators: boolean
  readonly serverVersion: string | undefined
  readonly detailedExitCode: boolean
  /** What the plans must not come to. */
  readonly rules: PolicyRules | undefined
  /** Milliseconds since the epoch. */
  readonly now: number
}

const someChange = 2

/** The traced nodes alone, in the order in which they were named. */
function onlyTraced(one: PlannedManifest, names: readonly string[]): PlannedManifest {
  if (names.length === 0) return one
  const { plan, changes } = one
  const nodes = plan.nodes.pick(Int32Array.from(names, (name) => plan.nodes.placeOf(name)))
  const changeOn = (name: string) => changes?.present?.changes.find(({ node }) => node === name) ?? []
  const present = changes?.present && { ...changes.present, changes: names.flatMap(changeOn) }
  return {
    ...one,
    plan: { ...plan, nodes },
    ...(changes ? { changes: { ...changes, ...(present ? { present } : {}) } } : {}),
  }
}

/** What an older manifest is asked; undefined: where it may run is all that is asked. */
export async function olderQuestion(input: PlanInput, context: Context): Promise<ChangeQuestion | undefined> {
  const { from } = input
  if (from === undefined) return undefined
  const older = await readManifests({ ...inputContext(context), files: [from] })
  requireDaemonSets(older, [from])
  warn(older.diagnostics, context)
  const { comparisonOperators, namespace, serverVersion, now } = input
  const values = older.daemonSets.map((loaded) => loaded.value)
  return { namespace, comparisonOperators, serverVersion, now, older: values }
}

/** Budgets matter only where pods are evicted: they are not read otherwise. */
async function knowingBudgets(question: ChangeQuestion): Promise<ChangeQuestion> {
  if (!('snapshot' in question) || !question.readBudgets) return question
  const { readBudgets, ...known } = question
  return { ...known, snapshot: { ...known.snapshot, disruptionBudgets: await readBudgets() } }
}

/** Plans each DaemonSet and shows the plans. Answers the exit code. */
export async function planAll(
  daemonSets: readonly ToPlan[],
  nodes: readonly Node[],
  question: ChangeQuestion | undefined,
  input: PlanInput,
  context: Context,
): Promise<number> {
  requireNodesNamed(input.traced, nodes)
  const planned: PlannedManifest[] = []
  let asked = question
  for (const toPlan of daemonSets) {
    let full = planOne(toPlan, nodes, asked, input)
    if (asked && full.changes?.present?.totals.evicted) {
      asked = await knowingBudgets(asked)
      full = planOne(toPlan, nodes, asked, input)
    }
    warn(full.warnings.slice(toPlan.findings.length), context)
    planned.push(full)
  }
  const shown = planned.map((one) => onlyTraced(one, input.traced))
  if (input.mapBy) showMaps(shown, input.mapBy, context)
  else if (input.output === 'html')
    await writePage({ toPlan: daemonSets, planned, nodes, question: asked, input }, context)
  else await showPlans(shown, input.output, input.traced.length > 0, context)
  requirePolicies(planned.map(shownOf), input.rules)
  return input.detailedExitCode && planned.some((one) => one.changes?.some) ? someChange : 0
}
