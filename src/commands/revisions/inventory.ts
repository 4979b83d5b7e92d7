import { KdsError } from '#base/errors.ts'
import { escapeLine } from '#base/escape.ts'
import { meant } from '#base/nearest.ts'
import type { Context } from '#cli/context.ts'
import type { Invocation } from '#cli/spec.ts'
import { ifReadable } from '#cluster/found.ts'
import { controllerRevisions, daemonSets, pods } from '#cluster/resources.ts'
import type { Connected } from '#commands/shared/connection.ts'
import type { LookedIn } from '#commands/shared/failures.ts'
import { inputContext, warn } from '#commands/shared/inputs/context.ts'
import { parseLabelSelector } from '#kube/selectors.ts'
import type { ControllerRevision, DaemonSet, KubeObject, Pod, StringMap } from '#kube/types.ts'

/** What there is to tell of revisions, of one namespace or all. */
export interface Inventory {
  readonly revisions: readonly ControllerRevision[]
  /** Undefined: the dump holds none at all, so nothing can be said of whose a revision is. */
  readonly daemonSets: readonly DaemonSet[] | undefined
  /** Undefined: they may not be read, or the dump holds none. */
  readonly pods: readonly Pod[] | undefined
  /** The namespace that was looked into; undefined: all. */
  readonly namespace: string | undefined
  readonly where: LookedIn
}

/** As much of a pod as tells its revision. */
const slim = ({ metadata, status }: Pod): Pod => ({
  metadata: {
    name: metadata?.name,
    namespace: metadata?.namespace,
    labels: metadata?.labels,
    ownerReferences: metadata?.ownerReferences,
  },
  status: { conditions: status?.conditions?.filter((one) => one?.type === 'Ready') },
})
const slimPods = {
  keep: slim,
  fields: 'metadata { name namespace labels ownerReferences } status { conditions }',
}

const allNamespaces = (invocation: Invocation) =>
  invocation.given('all-namespaces') && invocation.on('all-namespaces')

/** Reads revisions, DaemonSets and pods of the cluster's namespace, or of all. Pods that may not be read stay away. */
export async function liveInventory(invocation: Invocation, connected: Connected): Promise<Inventory> {
  const { cluster, namespace, signal } = connected
  const where = allNamespaces(invocation) ? {} : { namespace }
  const [revisionList, daemonSetList, podList] = await Promise.all([
    cluster.list(controllerRevisions, { ...where, signal }),
    cluster.list(daemonSets, { ...where, signal }),
    ifReadable(cluster.list(pods, { ...where, signal, ...slimPods }), [403]),
  ])
  return {
    revisions: revisionList.items,
    daemonSets: daemonSetList.items,
    pods: podList?.items,
    namespace: where.namespace,
    where: connected,
  }
}

/** Whether there should be pods of it in a dump that holds any. */
const hasPods = ({ status }: DaemonSet) =>
  (status?.currentNumberScheduled ?? 1) > 0 || (status?.numberMisscheduled ?? 0) > 0

/** The same of a dump: of all its namespaces, unless one is named. */
export async function dumpInventory(invocation: Invocation, context: Context): Promise<Inventory> {
  const { readSnapshot } = await import('../bundles/files.ts')
  const snapshot = await readSnapshot({ ...inputContext(context), sources: invocation.list('snapshot') })
  warn(snapshot.diagnostics, context)
  const given = invocation.given('namespace') && !allNamespaces(invocation)
  const namespace = given ? invocation.text('namespace') : undefined
  const inside = <T extends KubeObject>(objects: readonly T[]) =>
    namespace === undefined ? objects : objects.filter(({ metadata }) => metadata?.namespace === namespace)
  return {
    revisions: inside(snapshot.revisions),
    daemonSets: snapshot.daemonSets.length > 0 ? inside(snapshot.daemonSets) : undefined,
    pods: snapshot.pods.length > 0 || !snapshot.daemonSets.some(hasPods) ? inside(snapshot.pods) : undefined,
    namespace,
    where: {
      namespace: namespace ?? 'default',
      elsewhere: snapshot.daemonSets.map(({ metadata }) => metadata?.namespace ?? ''),
    },
  }
}

/** Whether something with these labels matches `-l`. @throws KdsError for a selector that cannot be read. */
export function selectorOf(invocation: Invocation): (object: { readonly labels: StringMap }) => boolean {
  const { matches } = parseLabelSelector(invocation.text('selector') ?? '')
  return ({ labels }) => matches(labels)
}

const typePrefix = /^(ds|daemonsets?|controllerrevisions?)(\.(v1\.)?apps)?\//i
const typeWord = /^(ds|daemonsets?|controllerrevisions?)(\.(v1\.)?apps)?$/i

/** What one word of the arguments names. */
export type Named =
  | { readonly kind: 'daemonset'; readonly daemonSet: DaemonSet }
  | { readonly kind: 'revision'; readonly revision: ControllerRevision }

/**
 * What the arguments name: of `NAME` alone first a DaemonSet, then a revision. Empty: everything.
 *
 * @throws KdsError for what there is not, with the name that was probably meant.
 */
export function namedIn(args: readonly string[], inventory: Inventory): readonly Named[] {
  const [first = ''] = args
  const words = typeWord.test(first) && !first.includes('/') ? args.slice(1) : args
  return words.map((word) => {
    const type = typePrefix.exec(word)?.[1] ?? (words === args ? '' : first)
    const name = word.replace(typePrefix, '')
    const isCalled = ({ metadata }: KubeObject) => metadata?.name === name
    const daemonSet = /^c/i.test(type) ? undefined : inventory.daemonSets?.find(isCalled)
    if (daemonSet) return { kind: 'daemonset', daemonSet }
    const revision = /^d/i.test(type) ? undefined : inventory.revisions.find(isCalled)
    if (revision) return { kind: 'revision', revision }
    throw notFound(name, inventory)
  })
}

function notFound(name: string, { daemonSets, revisions, namespace }: Inventory): KdsError {
  const known = [...(daemonSets ?? []), ...revisions].map(({ metadata }) => metadata?.name ?? '')
  const there = (daemonSets ?? []).map(({ metadata }) => metadata?.name ?? '')
  const hint =
    there.length > 0
      ? `the DaemonSets there: ${there.slice(0, 8).join(', ')}`
      : 'look in every namespace with -A'
  const where = namespace === undefined ? '' : ` in the namespace ${escapeLine(namespace)}`
  return new KdsError('not-found', `no DaemonSet or ControllerRevision "${escapeLine(name)}"${where}`, {
    hint,
    ...meant(name, known),
  })
}
