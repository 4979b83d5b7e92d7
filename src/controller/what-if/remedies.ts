/** What would bring a DaemonSet's pod onto a node on which its own rules do not want one. Each answer has been asked again. */
import { nameOf } from '#kube/names.ts'
import { labelValue } from '#kube/requirements.ts'
import type {
  Affinity,
  DaemonSet,
  Node,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  PodSpec,
  StringMap,
  Toleration,
} from '#kube/types.ts'
import { decide, explain, prepareDaemonSet } from '#placement/placement.ts'
import type { CompiledRequirement, PreparedDaemonSet, PrepareOptions } from '#placement/prepared.ts'
import type { NodeEdit } from './node-edits.ts'
import { labelsOf, missing, nearestTerms, nodeRemedy } from './node-remedy.ts'

/** What to change in `spec.template.spec`. Null: take the field away. Tolerations are added to those that are there. */
export interface TemplateRemedy {
  readonly tolerations?: readonly Toleration[]
  readonly nodeSelector?: StringMap | null
  readonly affinity?: Affinity
  readonly nodeName?: null
}

export interface Remedies {
  /** Undefined: nothing in the template would help. Nodes on which it runs already keep it. */
  readonly template: TemplateRemedy | undefined
  /** Undefined: nothing that somebody may do to the node would help. */
  readonly node: readonly NodeEdit[] | undefined
  /** Taints that the node controller puts on by the node's state, and puts back: the node is to be mended. */
  readonly ofState: readonly string[]
}

const stateTaint =
  /^node\.kubernetes\.io\/(not-ready|unreachable|memory-pressure|disk-pressure|pid-pressure|network-unavailable|out-of-service)$/

/** What helps; undefined where the pod is wanted already. */
export function remediesFor(
  daemonSet: DaemonSet,
  node: Node,
  options: PrepareOptions = {},
): Remedies | undefined {
  const prepared = prepareDaemonSet(daemonSet, options)
  const { reasons, shouldRun } = explain(prepared, node)
  if (shouldRun) return undefined
  const taints = reasons.flatMap((reason) => (reason.code === 'UntoleratedTaint' ? [reason.taint] : []))
  const ofState = taints.map(({ key }) => key).filter((key) => stateTaint.test(key))
  const template = templateRemedy(daemonSet, prepared, node)
  const helps = decide(prepareDaemonSet(withRemedy(daemonSet, template), options), node).shouldRun
  const edits = ofState.length > 0 ? undefined : nodeRemedy(prepared, node)
  return { template: helps ? template : undefined, node: edits, ofState }
}

/** The DaemonSet with the remedy pasted in. */
export function withRemedy(daemonSet: DaemonSet, remedy: TemplateRemedy): DaemonSet {
  const template = daemonSet.spec?.template
  const { tolerations = [], ...fields } = remedy
  const spec: PodSpec = {
    ...template?.spec,
    ...fields,
    tolerations: [...(template?.spec?.tolerations ?? []), ...tolerations],
  }
  return { ...daemonSet, spec: { ...daemonSet.spec, template: { ...template, spec } } }
}

function templateRemedy(daemonSet: DaemonSet, prepared: PreparedDaemonSet, node: Node): TemplateRemedy {
  const { reasons } = explain(prepared, node)
  const tolerations = reasons.flatMap((reason): Toleration[] => {
    if (reason.code !== 'UntoleratedTaint') return []
    const { key, value, effect } = reason.taint
    return [value === '' ? { key, operator: 'Exists', effect } : { key, operator: 'Equal', value, effect }]
  })
  const isNamed = reasons.some(({ code }) => code === 'NodeNameMismatch')
  const isSelected = !reasons.some(
    ({ code }) => code === 'NodeSelectorMismatch' || code === 'NodeAffinityMismatch',
  )
  return {
    ...(tolerations.length > 0 && { tolerations }),
    ...(isNamed && { nodeName: null }),
    ...(isSelected ? {} : selection(daemonSet, prepared, node)),
  }
}

/**
 * One term more, for nodes such as this one: what it misses is asked for as it has it. What the node selector asks that it does
 * not have goes into the terms that are there, so that they match what they matched.
 */
function selection(
  daemonSet: DaemonSet,
  prepared: PreparedDaemonSet,
  node: Node,
): Pick<TemplateRemedy, 'nodeSelector' | 'affinity'> {
  const spec = daemonSet.spec?.template?.spec
  const missed = prepared.nodeSelector.filter(({ key, value }) => labelValue(labelsOf(node), key) !== value)
  const kept = prepared.nodeSelector.filter((entry) => !missed.includes(entry))
  const asBefore = missed.map(
    ({ key, value }): NodeSelectorRequirement => ({ key, operator: 'In', values: [value] }),
  )
  const [nearest] = nearestTerms(prepared, node)
  const given =
    spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
  const old: NodeSelectorTerm[] = prepared.terms
    ? prepared.terms
        .filter(({ usable }) => usable)
        .map(({ index }) => given?.[index] ?? {})
        .map((term) => ({ ...term, matchExpressions: [...(term.matchExpressions ?? []), ...asBefore] }))
    : [{ matchExpressions: asBefore }]
  const keys = new Set([
    ...missed.map(({ key }) => key),
    ...(nearest ? labelKeys(missing(nearest, node)) : []),
  ])
  const holding = nearest ? nearest.requirements.filter((one) => !missing(nearest, node).includes(one)) : []
  const like = [...keys].map((key): NodeSelectorRequirement => asItIs(key, labelValue(labelsOf(node), key)))
  const added: NodeSelectorTerm = {
    matchExpressions: [
      ...holding
        .filter(({ kind, key }) => kind === 'expression' && !keys.has(key))
        .map(({ key, operator, values }) => ({ key, operator, ...(values.length > 0 && { values }) })),
      ...like,
    ],
  }
  const isEmpty = added.matchExpressions?.length === 0
  const byName = { matchFields: [{ key: 'metadata.name', operator: 'In', values: [nameOf(node)] }] }
  return {
    ...(missed.length > 0 && {
      nodeSelector: kept.length > 0 ? Object.fromEntries(kept.map(({ key, value }) => [key, value])) : null,
    }),
    affinity: {
      ...spec?.affinity,
      nodeAffinity: {
        ...spec?.affinity?.nodeAffinity,
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [...old, isEmpty ? byName : added],
        },
      },
    },
  }
}

const labelKeys = (requirements: readonly CompiledRequirement[]) =>
  requirements.filter(({ kind }) => kind === 'expression').map(({ key }) => key)

const asItIs = (key: string, value: string | undefined): NodeSelectorRequirement =>
  value === undefined ? { key, operator: 'DoesNotExist' } : { key, operator: 'In', values: [value] }
