import type { Diagnostic } from '#base/errors.ts'
import { controllerOf } from '#kube/owners.ts'
import type { ControllerRevision, DaemonSet, KubeObject, Namespace, Node, Pod } from '#kube/types.ts'
import type { NamespaceRule } from '#scheduler/namespace-selector.ts'
import { namespaceRule } from '#scheduler/namespace-selector.ts'
import { claim } from '../claim.ts'
import type { NodeState } from '../daemon-pod.ts'
import { generationAnnotation, hashLabel } from '../daemon-pod.ts'
import { gather } from '../node-states.ts'
import { constructHistory } from '../revision-history.ts'
import type { DaemonSetReading } from '../step-memory.ts'
import { Reader } from '../step-memory.ts'
import type { PodRules } from '../update-strategy.ts'
import { podRules, templateGeneration } from '../update-strategy.ts'

export interface PresentStateInput {
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
  readonly reading: DaemonSetReading
  /** Neither it nor pods of it are in the snapshot. */
  readonly isNew: boolean
  readonly templateChanged: boolean
  readonly namespaceRule: NamespaceRule | undefined
  readonly warnings: readonly Diagnostic[]
}

/** A hash that no pod carries: the server's own for a new template cannot be computed. */
const newHash = 'new-template'

/**
 * What the controller would find once the DaemonSet is applied: which pods are its own, on which nodes, and which of them
 * are of its template. Never fails on a broken snapshot: what is missing or does not fit together becomes a warning.
 */
export function presentState(input: PresentStateInput): PresentState {
  const reader = new Reader(undefined)
  const namespace = input.daemonSet.metadata?.namespace ?? ''
  const inNamespace = <T extends KubeObject>(objects: readonly T[]) =>
    objects.filter((object) => (object.metadata?.namespace ?? '') === namespace)
  const pods = inNamespace(input.pods)
  const uid = input.current?.metadata?.uid ?? uidByPods(input.daemonSet, pods)
  const daemonSet = withIdentity(input.daemonSet, input.current, uid)
  const reading = reader.daemonSet(daemonSet, input.comparisonOperators ?? false)
  const currentData = input.current && new Reader(undefined).daemonSet(input.current, false).data
  const warnings: Diagnostic[] = []
  const nodes = namedOnce(input.nodes, warnings)
  const revisions = inNamespace(input.revisions)

  const templateChanged = currentData !== reading.data
  const effective = templateChanged ? withoutTemplateGeneration(daemonSet) : daemonSet
  const namespaced = ruleOf(input, namespace, warnings)
  const world = gather({ daemonSet, nodes, pods }, reader, heeding(namespaced, reading))
  const owned = claim(revisions, daemonSet, reading.matches).claimed
  const history = constructHistory({
    daemonSet,
    data: reading.data,
    owned,
    all: revisions,
    dataOf: (revision) => reader.revisionData(revision),
    hashFor: () => newHash,
  })
  const known = history.actions.some((action) => action.kind === 'CreateRevision')
    ? undefined
    : history.current?.hash
  const hash = known ?? (templateChanged ? newHash : hashOfCurrent(world.nodes, effective))
  if (input.current === undefined && uid !== undefined)
    warnings.push(warning('MissingDaemonSet', missingDaemonSet(daemonSet.metadata?.name ?? '')))
  warnAboutPods(world.nodes, world.strays, world.ownership, warnings)
  warnAboutRevisions(
    { revisions, owned, daemonSet, reading, known, templateChanged, current: input.current },
    warnings,
  )
  const rules = podRules({ ...input, daemonSet: effective }, hash)
  return {
    daemonSet,
    nodes: world.nodes,
    rules,
    reading,
    isNew: input.current === undefined && uid === undefined,
    templateChanged,
    namespaceRule: namespaced,
    warnings,
  }
}

function ruleOf(
  { namespaces, daemonSet }: PresentStateInput,
  name: string,
  warnings: Diagnostic[],
): NamespaceRule | undefined {
  const namespace = namespaces?.find((one) => one.metadata?.name === name)
  const { rule, warning: unreadable } = namespaceRule(
    namespace,
    daemonSet.spec?.template?.spec?.nodeSelector ?? {},
  )
  if (unreadable) warnings.push(unreadable)
  return rule
}

/** OpenShift's controller takes a node that the namespace's selector leaves out for one that does not fit at all. */
function heeding(rule: NamespaceRule | undefined, reading: DaemonSetReading): DaemonSetReading {
  if (rule?.selector.heededBy !== 'controller') return reading
  return {
    ...reading,
    decide(node) {
      const decision = reading.decide(node)
      if (!decision.shouldRun || rule.matches(node)) return decision
      return { shouldRun: false, shouldContinueRunning: false }
    },
  }
}

/** A dump may hold the pods and not the DaemonSet, or lack its uid: the pods tell whose they are. */
function uidByPods(daemonSet: DaemonSet, pods: readonly Pod[]): string | undefined {
  const owners = pods.map((pod) => controllerOf(pod))
  const own = owners.find((owner) => owner?.kind === 'DaemonSet' && owner.name === daemonSet.metadata?.name)
  return own?.uid ?? undefined
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

function namedOnce(nodes: readonly Node[], warnings: Diagnostic[]): Node[] {
  const seen = new Set<string>()
  const kept: Node[] = []
  for (const node of nodes) {
    const name = node.metadata?.name ?? ''
    if (name === '') warnings.push(warning('NodeWithoutName', 'a node without a name is passed over'))
    else if (seen.has(name))
      warnings.push(warning('DuplicateNode', `node ${name} is given twice, the first counts`))
    else kept.push(node)
    seen.add(name)
  }
  return kept
}

const missingDaemonSet = (name: string) =>
  `DaemonSet ${name} is not in the snapshot but its pods are: those of no known revision count as outdated`

const warning = (code: string, message: string): Diagnostic => ({ severity: 'warning', code, message })

function warnAboutPods(
  nodes: readonly NodeState[],
  strays: readonly Pod[],
  ownership: readonly { readonly kind: string; readonly message: string }[],
  warnings: Diagnostic[],
): void {
  for (const change of ownership)
    if (change.kind === 'AdoptPod')
      warnings.push(warning('OrphanPod', `pod ${change.message}: the controller will adopt it`))
    else if (change.kind === 'ReleasePod')
      warnings.push(warning('ReleasedPod', `pod ${change.message}: the controller will let it go`))
  for (const pod of strays)
    warnings.push(
      warning('PodWithoutNode', `pod ${pod.metadata?.name ?? ''} is meant for no node and not counted`),
    )
  for (const node of nodes)
    if (!node.exists)
      for (const pod of node.pods)
        warnings.push(
          warning('DanglingNode', `pod ${pod.name} is on node ${node.name}, which is not in the snapshot`),
        )
}

interface RevisionFacts {
  readonly revisions: readonly ControllerRevision[]
  readonly owned: readonly ControllerRevision[]
  readonly daemonSet: DaemonSet
  readonly reading: DaemonSetReading
  readonly known: string | undefined
  readonly templateChanged: boolean
  readonly current: DaemonSet | undefined
}

function warnAboutRevisions(facts: RevisionFacts, warnings: Diagnostic[]): void {
  const name = facts.daemonSet.metadata?.name ?? ''
  for (const revision of facts.revisions) {
    if (controllerOf(revision)?.uid !== facts.daemonSet.metadata?.uid) continue
    const broken =
      !revision.data || typeof revision.revision !== 'number' || !revision.metadata?.labels?.[hashLabel]
    if (broken)
      warnings.push(
        warning(
          'BrokenRevision',
          `ControllerRevision ${revision.metadata?.name ?? ''} lacks its data, number or hash`,
        ),
      )
  }
  if (facts.current && !facts.templateChanged && facts.known === undefined)
    warnings.push(
      warning(
        'MissingRevision',
        `the present revision of ${name} is not in the snapshot: its hash is read off the pods`,
      ),
    )
}
