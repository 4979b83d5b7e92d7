import { readFileSync } from 'node:fs'
import { load } from 'js-yaml'
import type { ControllerRevision, DaemonSet, KubeObject, Node, Pod, PriorityClass } from '#kube/types.ts'

const read = (file: string): unknown => load(readFileSync(`examples/${file}`, 'utf8'))
const itemsOf = (file: string) => (read(file) as { items: KubeObject[] }).items

export const readDaemonSet = (file: string) => read(file) as DaemonSet
export const readNodes = () => itemsOf('cluster.yaml') as Node[]

const poolLabel = 'node.example.com/pool'
export const poolOf = (node: Node) => node.metadata?.labels?.[poolLabel] ?? 'virtual'
export const nameOf = (object: KubeObject) => object.metadata?.name ?? ''

/** What examples/snapshot.yaml holds, by kind. */
export function readRunning() {
  const items = itemsOf('snapshot.yaml')
  const ofKind = (kind: string) => items.filter((item) => item.kind === kind)
  return {
    count: (kind: string) => ofKind(kind).length,
    size: items.length,
    pods: ofKind('Pod') as Pod[],
    daemonSets: ofKind('DaemonSet') as DaemonSet[],
    revisions: ofKind('ControllerRevision') as ControllerRevision[],
    priorityClasses: ofKind('PriorityClass') as PriorityClass[],
  }
}
