import type { Diagnostic } from '#base/errors.ts'
import type { FieldPath } from '#base/field-path.ts'
import type { DaemonSet, Node } from '#kube/types.ts'
import { type PlacementPlan, planPlacement } from '#placement/plan.ts'
import type { ShownPlan } from '#views/plan/groups.ts'
import { answerChanges, type ChangeAnswer, type ChangeQuestion } from './changes.ts'

/** A DaemonSet to plan, with what the checks said. One from a file knows where its fields stand. */
export interface ToPlan {
  readonly value: DaemonSet
  readonly findings: readonly Diagnostic[]
  readonly locate?: (path: FieldPath) => NonNullable<Diagnostic['location']>
}

/** Where a DaemonSet may run, and what applying it changes. */
export interface PlannedManifest {
  readonly plan: PlacementPlan
  readonly warnings: readonly Diagnostic[]
  readonly changes?: ChangeAnswer
}

interface PlanOptions {
  /** For a DaemonSet that names none. */
  readonly namespace: string
  readonly comparisonOperators: boolean
}

/** What of a plan is shown. */
export const shownOf = ({ plan, changes }: PlannedManifest): ShownPlan => ({
  plan,
  changes: changes?.present,
  compared: changes?.compared,
  admission: changes?.admission,
})

/**
 * Where a DaemonSet lands on these nodes, and with a question what applying it changes. One plan for all who ask: the command,
 * the public module and the page.
 *
 * @throws KdsError where the question has no older manifest for it
 */
export function planOne(
  toPlan: ToPlan,
  nodes: readonly Node[],
  question: ChangeQuestion | undefined,
  { comparisonOperators, namespace }: PlanOptions,
): PlannedManifest {
  const plan = planPlacement(toPlan.value, nodes, namespace, { comparisonOperators })
  const warnings = [...toPlan.findings, ...placementWarnings(plan, toPlan)]
  if (!question) return { plan, warnings }
  const changes = answerChanges(plan, nodes, question)
  return { plan, changes, warnings: [...warnings, ...changes.warnings] }
}

function placementWarnings(plan: PlacementPlan, { locate }: ToPlan): Diagnostic[] {
  return plan.warnings.map(({ code, message, path }) => ({
    severity: 'warning',
    code,
    message,
    ...(locate ? { location: locate(path) } : {}),
  }))
}
