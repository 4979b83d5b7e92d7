import { presentDaemonSet, storedDaemonSet } from '#apiserver/defaults/stored.ts'
import { type Diagnostic, KdsError } from '#base/errors.ts'
import { oncePer } from '#base/once.ts'
import { planAdmitted } from '#controller/changes/admitted-plan.ts'
import type { PlacementComparison } from '#controller/changes/compare-placement.ts'
import { comparePlacement } from '#controller/changes/compare-placement.ts'
import type { PlanAdmission } from '#controller/changes/plan-admission.ts'
import type { ChangePlan } from '#controller/changes/plan-changes.ts'
import type { ClusterObjects } from '#kube/cluster-objects.ts'
import type { PodReference } from '#kube/pod-references.ts'
import type { DaemonSet, Node } from '#kube/types.ts'
import type { PlacementPlan } from '#placement/plan.ts'
import type { AskPods } from './ask-objects.ts'

/** What a manifest is held against: the present state of a cluster, or older manifests. */
export type ChangeQuestion = {
  readonly namespace: string
  readonly comparisonOperators: boolean
  readonly serverVersion: string | undefined
  readonly now: number
} & (
  | {
      readonly snapshot: ClusterObjects
      readonly ask: AskPods
      /** Asks a cluster for them, when the snapshot has none and they would matter. */
      readonly readBudgets?: () => Promise<ClusterObjects['disruptionBudgets']>
    }
  | { readonly older: readonly DaemonSet[] }
)

export interface ChangeAnswer {
  readonly present?: ChangePlan
  /** Whether the pods would be let in. */
  readonly admission?: PlanAdmission
  readonly compared?: PlacementComparison
  /** Would anything change at all? */
  readonly some: boolean
  readonly warnings: readonly Diagnostic[]
}

const nameOf = (daemonSet: DaemonSet, namespace: string) =>
  `${daemonSet.metadata?.namespace || namespace}/${daemonSet.metadata?.name ?? ''}`

/** The older manifest of the same name; one alone needs no name. */
function olderOf(plan: PlacementPlan, older: readonly DaemonSet[], namespace: string): DaemonSet {
  const wanted = `${plan.daemonSet.namespace}/${plan.daemonSet.name}`
  const found = older.find((daemonSet) => nameOf(daemonSet, namespace) === wanted)
  const [only] = older
  if (found) return found
  if (only && older.length === 1) return only
  const names = older.map((daemonSet) => nameOf(daemonSet, namespace)).join(', ')
  throw new KdsError('no-older', `the manifest given by --from has no DaemonSet ${wanted}: it has ${names}`)
}

const howToCreate: Readonly<Record<PodReference['kind'], string>> = {
  ConfigMap: 'kubectl create configmap',
  Secret: 'kubectl create secret generic',
}

/** What comes of a reference to something that is not there: what the kubelet, or for claims the scheduler, does. */
const absentWarning =
  (daemonSet: DaemonSet) =>
  ({ by, kind, name }: PodReference): Diagnostic => {
    const namespace = daemonSet.metadata?.namespace ?? ''
    const consequence =
      by === 'volume' ? 'its pods stay in ContainerCreating' : 'its pods fail with CreateContainerConfigError'
    return {
      severity: 'warning',
      code: 'missing-reference',
      message: `there is no ${kind} ${name} in the namespace ${namespace}: ${consequence}`,
      hint: `create it first: ${howToCreate[kind]} ${name} -n ${namespace}`,
    }
  }

/** Those of the cluster, for all that are planned against it. */
const presentDaemonSets = oncePer((question: ChangeQuestion): readonly DaemonSet[] =>
  'older' in question
    ? []
    : (question.snapshot.daemonSets ?? []).map((one) => presentDaemonSet(one, question.namespace)),
)

/** What applying the planned manifest would change. `nodes` are those of the plan. */
export function answerChanges(
  plan: PlacementPlan,
  nodes: readonly Node[],
  question: ChangeQuestion,
): ChangeAnswer {
  const { comparisonOperators, namespace, now, serverVersion } = question
  if ('older' in question) {
    const compared = comparePlacement(olderOf(plan, question.older, namespace), plan.source, nodes, {
      comparisonOperators,
    })
    const some = compared.added.length + compared.removed.length + compared['not-recreated'].length > 0
    return { compared, some, warnings: [] }
  }
  const daemonSets = presentDaemonSets(question)
  const daemonSet = storedDaemonSet(plan.source, namespace)
  const { absent, asked, objects } = question.ask(daemonSet)
  const known = { daemonSet, daemonSets, nodes, now, serverVersion, comparisonOperators }
  const { admission, present } = planAdmitted({ ...question.snapshot, ...known }, { asked, objects })
  const { add, replace, remove } = present.totals
  const warned = admission.warnings.map(
    (message): Diagnostic => ({ severity: 'warning', code: 'admission', message }),
  )
  return {
    present,
    admission,
    some: add + replace + remove > 0,
    warnings: [...present.warnings, ...warned, ...absent.map(absentWarning(daemonSet))],
  }
}
