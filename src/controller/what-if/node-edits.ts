/** What somebody may do to nodes, as `kubectl taint`, `label`, `cordon` and `delete node` do it. */
import { addTo } from '#base/grouped.ts'
import type { Node, QuantityMap, Taint } from '#kube/types.ts'

export type NodeEdit =
  | { readonly kind: 'taint'; readonly taint: Taint }
  /** Of any value, and of any effect where none is named. */
  | { readonly kind: 'untaint'; readonly key: string; readonly effect?: string | undefined }
  /** Null takes the label away. */
  | { readonly kind: 'label'; readonly key: string; readonly value: string | null }
  | { readonly kind: 'cordon' }
  | { readonly kind: 'remove' }

/** An edit of some nodes, by their names. */
export interface NodesEdit {
  readonly edit: NodeEdit
  readonly nodes: readonly string[]
}

const unschedulable: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }

const sameTaint = (one: Taint | null, other: Taint) => one?.key === other.key && one?.effect === other.effect

/** A taint of the same key and effect gives way (`kubectl taint --overwrite`). */
const tainted = (taints: readonly Taint[], taint: Taint) => [
  ...taints.filter((one) => !sameTaint(one, taint)),
  taint,
]

/** The node after the edit; undefined: it is gone. A cordon brings its taint along, as the node controller does. */
function editNode(node: Node, edit: NodeEdit): Node | undefined {
  const taints = node.spec?.taints ?? []
  const withTaints = (next: readonly Taint[]): Node => ({ ...node, spec: { ...node.spec, taints: next } })
  switch (edit.kind) {
    case 'taint':
      return withTaints(tainted(taints, edit.taint))
    case 'untaint':
      return withTaints(
        taints.filter((one) => one?.key !== edit.key || (edit.effect && one.effect !== edit.effect)),
      )
    case 'label': {
      const { [edit.key]: _, ...others } = node.metadata?.labels ?? {}
      const labels = edit.value === null ? others : { ...others, [edit.key]: edit.value }
      return { ...node, metadata: { ...node.metadata, labels } }
    }
    case 'cordon': {
      const { spec } = withTaints(tainted(taints, unschedulable))
      return { ...node, spec: { ...spec, unschedulable: true } }
    }
    case 'remove':
      return undefined
  }
}

/** The nodes after all edits, one after the other. Those that none touches are the very same objects. */
export function editNodes(nodes: readonly Node[], edits: readonly NodesEdit[]): Node[] {
  const byNode = new Map<string, NodeEdit[]>()
  for (const { edit, nodes: names } of edits) for (const name of names) addTo(byNode, name, edit)
  return nodes.flatMap((node) => {
    let edited: Node | undefined = node
    for (const edit of byNode.get(node.metadata?.name ?? '') ?? []) edited = edited && editNode(edited, edit)
    return edited ?? []
  })
}

/** A node that is not there yet. */
export interface NewNode {
  /** Whose labels, taints and sizes it has where nothing else is said. */
  readonly like?: Node | undefined
  readonly labels: Readonly<Record<string, string>>
  readonly taints: readonly Taint[]
  readonly allocatable: QuantityMap
}

/** What a node controller or a cordon puts on a node for the state that it is in, and what a new one has for moments only. */
const ofState = (taint: Taint | null) => taint?.key?.startsWith('node.kubernetes.io/') ?? false

/** So many nodes, ready and alike but for their names and host names, which are not those of any other. */
export function newNodes(
  count: number,
  { like, labels, taints, allocatable }: NewNode,
  others: readonly Node[],
): Node[] {
  const taken = new Set(others.map(({ metadata }) => metadata?.name))
  let prefix = 'new'
  while (taken.has(`${prefix}-1`)) prefix += '-new'
  const kept = (like?.spec?.taints ?? []).filter((taint) => !ofState(taint))
  const room = { ...like?.status?.allocatable, ...allocatable }
  return Array.from({ length: count }, (_, at): Node => {
    const name = `${prefix}-${at + 1}`
    return {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name,
        labels: {
          'kubernetes.io/os': 'linux',
          'kubernetes.io/arch': 'amd64',
          ...like?.metadata?.labels,
          ...labels,
          'kubernetes.io/hostname': name,
        },
      },
      spec: { taints: taints.reduce(tainted, kept) },
      status: {
        ...(Object.keys(room).length > 0 && { allocatable: room }),
        conditions: [{ type: 'Ready', status: 'True' }],
      },
    }
  })
}
