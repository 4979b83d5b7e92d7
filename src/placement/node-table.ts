/**
 * Many nodes at once. A DaemonSet sees little of a node: the labels it asks for, the taints, seldom the name. What nodes have
 * of each becomes a column of small numbers, one a distinct value, and what a DaemonSet makes of these values another, of
 * mostly two or three. Columns are laid over one another to find the nodes that look alike.
 */
import { grouped } from '#base/grouped.ts'
import { getOrMake, oncePer } from '#base/once.ts'
import { listOf } from '#kube/read.ts'
import type { Node } from '#kube/types.ts'
import { Answers } from './answers.ts'
import { type Asked, askedBy, type NodeValue, nodeLabel, nodeName } from './asked.ts'
import { type Column, columnOf, firstPlaces, overlay, recoded, type ValueColumn } from './columns.ts'
import type { PreparedDaemonSet } from './prepared.ts'
import { findToleration, nodeTaint } from './tolerations.ts'

const taints: NodeValue = {
  name: 'taints',
  read: (node) => JSON.stringify(listOf(node.spec?.taints).map((taint) => Object.values(nodeTaint(taint)))),
}

/** Nodes with the columns that were asked for so far. */
export class NodeTable {
  readonly nodes: readonly Node[]
  readonly #values = new Map<string, ValueColumn>()
  readonly #told = new Map<string, Column>()

  constructor(nodes: readonly Node[]) {
    this.nodes = nodes
  }

  /** The nodes by their values. */
  values({ name, read }: NodeValue): ValueColumn {
    return getOrMake(this.#values, name, () => columnOf(this.nodes.length, (i) => read(this.nodes[i] ?? {})))
  }

  /** Columns over one another: what is alike in all of them. Those that share a beginning share what was found about it. */
  #over(parts: readonly { readonly name: string; readonly column: Column }[]): Column {
    const [first, ...more] = parts
    if (!first) return columnOf(this.nodes.length, () => undefined)
    let seen = first.name
    return more.reduce((all, { name, column }) => {
      // The length in front keeps lists of odd keys apart.
      seen = `${seen} ${name.length}:${name}`
      return getOrMake(this.#told, `over ${seen}`, () => overlay(all, column))
    }, first.column)
  }

  /**
   * The nodes as this DaemonSet tells them apart in all that it may say of them, values included. DaemonSets that look at the
   * same labels share the result.
   */
  shapes({ nodeName: wanted, nodeSelector, terms }: PreparedDaemonSet): Column {
    const requirements = (terms ?? []).flatMap((term) => term.requirements)
    const expressions = requirements.filter(({ kind }) => kind === 'expression')
    const keys = new Set([...nodeSelector, ...expressions].map((asked) => asked.key))
    const looksAtNames = wanted !== null || expressions.length < requirements.length
    const seen = [taints, ...[...keys].sort().map(nodeLabel), ...(looksAtNames ? [nodeName] : [])]
    return this.#over(seen.map((value) => ({ name: value.name, column: this.values(value) })))
  }

  /**
   * The nodes of which each single rule of this DaemonSet says the same: that it holds, or that there is no such label, or
   * another value; and that have the same taints against it. Values themselves tell no nodes apart: one hostname that is
   * asked for makes two kinds, however many there are.
   */
  kinds(prepared: PreparedDaemonSet): Column {
    const byValue = grouped(askedBy(prepared), ({ of }) => of.name)
    const told = [...byValue.values()].map((all) => this.#toldOf(all))
    const parts = [this.#toldOfTaints(prepared), ...told].filter(({ column }) => column.size > 1)
    return this.#over(parts.sort((a, b) => (a.name < b.name ? -1 : 1)))
  }

  /** What rules about one value say of the nodes. */
  #toldOf(all: readonly Asked[]): { name: string; column: Column } {
    const [{ of }] = all as [Asked]
    const name = `${of.name} ${JSON.stringify(all.map(({ id }) => id))}`
    const say = (value: string | undefined) =>
      all.map(({ holds }) => (holds(value) ? '+' : value === undefined ? '?' : '-')).join('')
    const named = all.every((one) => one.named) ? all.flatMap((one) => one.named ?? []) : undefined
    return { name, column: getOrMake(this.#told, name, () => recoded(this.values(of), say, named)) }
  }

  /** The taints that the DaemonSet does not tolerate. */
  #toldOfTaints({ comparisonOperators, tolerationIndex, tolerations }: PreparedDaemonSet) {
    const rules = tolerations.map(({ key, operator, value, effect }) => [key, operator, value, effect])
    const name = `taints ${JSON.stringify([comparisonOperators, rules])}`
    const against = (node: Node) =>
      listOf(node.spec?.taints).flatMap((taint) => {
        const { key, value, effect } = nodeTaint(taint)
        if (effect !== 'NoSchedule' && effect !== 'NoExecute') return []
        const toleration = findToleration(tolerationIndex, key, value, effect, comparisonOperators)
        return toleration ? [] : [[key, value, effect]]
      })
    const make = () => {
      const column = this.values(taints)
      const first = firstPlaces(column)
      const say = (text: string | undefined) =>
        JSON.stringify(against(this.nodes[first[column.of.get(text) ?? 0] ?? 0] ?? {}))
      return recoded(column, say)
    }
    return { name, column: getOrMake(this.#told, name, make) }
  }

  /** An answer for each node, asked for once for nodes that look alike to the DaemonSet; these share one object. */
  answers<T>(prepared: PreparedDaemonSet, answer: (node: Node) => T): Answers<T> {
    return this.#ask(this.shapes(prepared), answer)
  }

  /** An answer that depends on the rules that hold alone, asked for once for each of {@link kinds}. */
  answersByKind<T>(prepared: PreparedDaemonSet, answer: (node: Node) => T): Answers<T> {
    return this.#ask(this.kinds(prepared), answer)
  }

  #ask<T>(column: Column, answer: (node: Node) => T): Answers<T> {
    return Answers.ask(column, (place) => answer(this.nodes[place] ?? {}))
  }
}

/** The one table of a list of nodes, for every DaemonSet that is decided on them. */
export const nodeTable = oncePer((nodes: readonly Node[]) => new NodeTable(nodes))
