import type { Diagnostic } from '#base/errors.ts'
import { namedOnce } from '#kube/named-nodes.ts'
import { podsToClaim, uidByPods } from '#kube/owned-pods.ts'
import { controllerOf } from '#kube/owners.ts'
import type { ControllerRevision, DaemonSet, Namespace, Node, Pod } from '#kube/types.ts'
import type { NamespaceRule } from '#scheduler/namespace-selector.ts'
import { namespaceRule } from '#scheduler/namespace-selector.ts'
import type { NodeState } from '../daemon-pod.ts'
import { generationAnnotation } from '../daemon-pod.ts'
import { gather, relabel } from '../node-states.ts'
import { syncHistory } from '../revision-history.ts'
import type { DaemonSetReading } from '../step-memory.ts'
import { Reader } from '../step-memory.ts'
import type { PodRules } from '../update-strategy.ts'
import { podRules, templateGeneration } from '../update-strategy.ts'
import {
  brokenRevisions,
  missingDaemonSet,
  missingRevision,
  nodeWarnings,
  podWarnings,
} from './snapshot-warnings.ts'

interface PresentStateInput {
  readonly daemonSet: DaemonSet
  /** The DaemonSet as it stands in the cluster; undefined when it is new. */
  readonly current: DaemonSet | undefined
  readonly nodes: readonly Node[]
  readonly pods: readonly Pod[]
  readonly revisions: readonly ControllerRevision[]
  readonly namespaces?: readonly Namespace[] | undefined
  readonly now: number
  readonly serverVersion?: string | undefined
  readonly comparisonOperators?: boolean | undefined
}

/** A DaemonSet about to be applied, held against what stands in the cluster. */
export interface PresentState {
  /** The new one with the identity of the one that stands. */
  readonly daemonSet: DaemonSet
  readonly nodes: NodeState[]
  readonly rules: PodRules
  /** Neither it nor pods of it are in the snapshot. */
  readonly isNew: boolean
  readonly templateChanged: boolean
  readonly namespaceRule: NamespaceRule | undefined
  readonly warnings: readonly Diagnostic[]
}

/** Whether the controller has yet to look at what is stored: where it has kept revisions, one of a new template is still to come. */
const isUnobserved = (
  { metadata, status }: DaemonSet = {},
  revisions: readonly ControllerRevision[],
): boolean =>
  (metadata?.generation ?? 0) > (status?.observedGeneration ?? Number.POSITIVE_INFINITY) &&
  revisions.some((one) => controllerOf(one)?.uid === metadata?.uid)

/** A hash that no pod carries: the server's own for a new template cannot be computed. */
const newHash = 'new-template'

/**
 * What the controller would find once the DaemonSet is applied: which pods are its own, on which nodes, and which of them
 * are of its template. Never fails on a broken snapshot: what is missing or does not fit together becomes a warning.
 */
export function presentState(input: PresentStateInput): PresentState {
  const reader = new Reader(undefined)
  const namespace = input.daemonSet.metadata?.namespace ?? ''
  const uid = input.current?.metadata?.uid ?? uidByPods(input.daemonSet, input.pods)
  const daemonSet = withIdentity(input.daemonSet, input.current, uid)
  const pods = podsToClaim(daemonSet, input.pods)
  const reading = reader.daemonSet(daemonSet, input.comparisonOperators ?? false)
  const currentData = input.current && new Reader(undefined).daemonSet(input.current, false).data
  const templateChanged = currentData !== reading.data
  const effective = templateChanged ? withoutTemplateGeneration(daemonSet) : daemonSet
  const namespaced = ruleOf(input, namespace)
  const nodes = namedOnce(input.nodes)
  const world = gather({ daemonSet, nodes, pods }, reader, heeding(namespaced.rule, reading))
  const revisions = input.revisions.filter((one) => (one.metadata?.namespace ?? '') === namespace)
  const isUnseen = templateChanged || isUnobserved(input.current, revisions)
  const hashOfTemplate = () => (isUnseen ? newHash : hashOfCurrent(world.nodes, effective))
  const history = syncHistory({ daemonSet, revisions, hashFor: hashOfTemplate }, reader, reading)
  const hash = history.current?.hash ?? hashOfTemplate()
  if (history.relabelsPods) relabel(world, hash)
  const isKnown = history.current !== undefined && !history.actions.some(isCreation)
  return {
    daemonSet,
    nodes: world.nodes,
    rules: podRules({ ...input, daemonSet: effective }, hash),
    isNew: input.current === undefined && uid === undefined,
    templateChanged,
    namespaceRule: namespaced.rule,
    warnings: [
      ...nodeWarnings(input.nodes),
      ...(namespaced.warning ? [namespaced.warning] : []),
      ...(input.current === undefined && uid !== undefined ? [missingDaemonSet(daemonSet)] : []),
      ...podWarnings(world),
      ...brokenRevisions(revisions, daemonSet),
      ...(isUnseen || isKnown ? [] : [missingRevision(daemonSet)]),
    ],
  }
}

const isCreation = (action: { readonly kind: string }) => action.kind === 'CreateRevision'

const ruleOf = ({ namespaces, daemonSet }: PresentStateInput, name: string) =>
  namespaceRule(
    namespaces?.find((one) => one.metadata?.name === name),
    daemonSet.spec?.template?.spec?.nodeSelector ?? {},
  )

/** OpenShift's controller takes a node that the namespace's selector leaves out for one that does not fit at all. */
function heeding(rule: NamespaceRule | undefined, reading: DaemonSetReading): DaemonSetReading {
  if (rule?.selector.heededBy !== 'controller') return reading
  return {
    ...reading,
    decisions: (nodes) =>
      reading.decisions(nodes).map((decision, at) => {
        const node = nodes[at]
        if (!decision.shouldRun || !node || rule.matches(node)) return decision
        return { shouldRun: false, shouldContinueRunning: false }
      }),
  }
}

/** The server keeps uid, generations and status of the object that it has. */
function withIdentity(
  daemonSet: DaemonSet,
  current: DaemonSet | undefined,
  uid: string | undefined,
): DaemonSet {
  const generation = current?.metadata?.annotations?.[generationAnnotation]
  const annotations = { ...daemonSet.metadata?.annotations }
  delete annotations[generationAnnotation]
  return {
    ...daemonSet,
    metadata: {
      ...daemonSet.metadata,
      uid,
      annotations: {
        ...annotations,
        ...(generation !== undefined && { [generationAnnotation]: generation }),
      },
    },
    status: current?.status,
  }
}

function withoutTemplateGeneration(daemonSet: DaemonSet): DaemonSet {
  const { [generationAnnotation]: _, ...annotations } = daemonSet.metadata?.annotations ?? {}
  return { ...daemonSet, metadata: { ...daemonSet.metadata, annotations } }
}

/** Without the present revision in the snapshot, the youngest pod of the present template generation tells its hash. */
function hashOfCurrent(nodes: readonly NodeState[], daemonSet: DaemonSet): string {
  const generation = templateGeneration(daemonSet)
  const pods = nodes.flatMap((node) => node.pods).filter((pod) => pod.hash !== '')
  const ofGeneration = generation === undefined ? pods : pods.filter((pod) => pod.generation === generation)
  const youngest = ofGeneration.sort((one, other) => (other.createdAt || 0) - (one.createdAt || 0))[0]
  return youngest?.hash ?? newHash
}
