/** What is broken about a snapshot, or will change by the controller's hand alone. */
import type { Diagnostic } from '#base/errors.ts'
import { namedOnce } from '#kube/named-nodes.ts'
import { nameOf } from '#kube/names.ts'
import { controllerOf } from '#kube/owners.ts'
import type { ControllerRevision, DaemonSet, Node } from '#kube/types.ts'
import { hashLabel } from '../daemon-pod.ts'
import type { World } from '../node-states.ts'

const warning = (code: string, message: string): Diagnostic => ({ severity: 'warning', code, message })

/** Nodes that are not looked at: without a name, or with that of another. */
export function nodeWarnings(nodes: readonly Node[]): Diagnostic[] {
  if (namedOnce(nodes) === nodes) return []
  const seen = new Set<string>()
  return nodes.flatMap((node) => {
    const name = node.metadata?.name ?? ''
    if (name === '') return [warning('NodeWithoutName', 'a node without a name is skipped')]
    if (seen.has(name)) return [warning('DuplicateNode', `node ${name} is given twice, the first counts`)]
    seen.add(name)
    return []
  })
}

/** Pods that change their owner, are meant for no node, or for one that is not there. */
export function podWarnings({ nodes, withoutNode, ownership }: World): Diagnostic[] {
  return [
    ...ownership.map(({ kind, message }) =>
      kind === 'AdoptPod'
        ? warning('OrphanPod', `pod ${message}: the controller will adopt it`)
        : warning('ReleasedPod', `pod ${message}: the controller will release it`),
    ),
    ...withoutNode.map(({ metadata }) =>
      warning('PodWithoutNode', `pod ${metadata?.name ?? ''} has no node and is not counted`),
    ),
    ...nodes
      .filter((node) => !node.exists)
      .flatMap(({ name, pods }) =>
        pods.map((pod) => warning('DanglingNode', `pod ${pod.name} is on node ${name}, which is not there`)),
      ),
  ]
}

/** The DaemonSet's own revisions that lack what every revision has. */
export function brokenRevisions(
  revisions: readonly ControllerRevision[],
  daemonSet: DaemonSet,
): Diagnostic[] {
  return revisions
    .filter((revision) => controllerOf(revision)?.uid === daemonSet.metadata?.uid)
    .filter(
      ({ data, revision, metadata }) =>
        !data || typeof revision !== 'number' || !metadata?.labels?.[hashLabel],
    )
    .map(({ metadata }) =>
      warning('BrokenRevision', `ControllerRevision ${metadata?.name ?? ''} lacks its data, number or hash`),
    )
}

/** There are pods of a DaemonSet that is not there itself. */
export const missingDaemonSet = (daemonSet: DaemonSet): Diagnostic =>
  warning(
    'MissingDaemonSet',
    `DaemonSet ${nameOf(daemonSet)} is not there but its pods are: those of no known revision count as outdated`,
  )

/** The template is that of the cluster, but no revision holds it. */
export const missingRevision = (daemonSet: DaemonSet): Diagnostic =>
  warning(
    'MissingRevision',
    `no ControllerRevision holds the template of ${nameOf(daemonSet)}: its hash is taken from the pods`,
  )
