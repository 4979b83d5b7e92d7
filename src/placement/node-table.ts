/**
 * Many nodes at once. A DaemonSet sees little of a node: the labels it asks for, the taints, seldom the name. Nodes that look
 * alike through that window get one answer, worked out once. Each label that is asked for becomes a column of small
 * numbers, one a distinct value; columns are laid over one another to find the nodes that look alike.
 */
import { oncePer } from '#base/once.ts'
import { listOf } from '#kube/read.ts'
import { labelValue } from '#kube/requirements.ts'
import type { Node } from '#kube/types.ts'
import { Answers } from './answers.ts'
import { type Column, columnOf, overlay } from './columns.ts'
import type { PreparedDaemonSet } from './prepared.ts'
import { nodeTaint } from './tolerations.ts'

const taintsText = (node: Node) =>
  JSON.stringify(listOf(node.spec?.taints).map((taint) => Object.values(nodeTaint(taint))))

/** Nodes with the columns that were asked for so far. */
export class NodeTable {
  readonly nodes: readonly Node[]
  readonly #columns = new Map<string, Column>()
  readonly #overlays = new Map<string, Column>()

  constructor(nodes: readonly Node[]) {
    this.nodes = nodes
  }

  #column(name: string, read: (node: Node) => string | undefined): Column {
    const known = this.#columns.get(name)
    if (known !== undefined) return known
    const column = columnOf(this.nodes.length, (i) => read(this.nodes[i] ?? {}))
    this.#columns.set(name, column)
    return column
  }

  /** The nodes as this DaemonSet tells them apart. DaemonSets that look at the same labels share the result. */
  shapes(prepared: PreparedDaemonSet): Column {
    const requirements = (prepared.terms ?? []).flatMap((term) => term.requirements)
    const expressions = requirements.filter(({ kind }) => kind === 'expression')
    const keys = new Set([...prepared.nodeSelector, ...expressions].map((asked) => asked.key))
    let seen = 'taints'
    let shapes = this.#column(seen, taintsText)
    const add = (name: string, read: (node: Node) => string | undefined) => {
      // The length in front keeps lists of odd keys apart.
      seen = `${seen} ${name.length}:${name}`
      shapes = this.#overlays.get(seen) ?? overlay(shapes, this.#column(name, read))
      this.#overlays.set(seen, shapes)
    }
    for (const key of [...keys].sort()) add(`label ${key}`, (node) => labelValue(node.metadata?.labels, key))
    if (prepared.nodeName !== null || expressions.length < requirements.length) {
      add('name', (node) => node.metadata?.name ?? '')
    }
    return shapes
  }

  /** An answer for each node, asked for once for nodes that look alike to the DaemonSet; these share one object. */
  answers<T>(prepared: PreparedDaemonSet, answer: (node: Node) => T): Answers<T> {
    return Answers.ask(this.shapes(prepared), (place) => answer(this.nodes[place] ?? {}))
  }
}

/** The one table of a list of nodes, for every DaemonSet that is decided on them. */
export const nodeTable = oncePer((nodes: readonly Node[]) => new NodeTable(nodes))
