/** What a DaemonSet asks of nodes, rule by rule: each a test of one value that nodes have. */
import type { FieldPath } from '#base/field-path.ts'
import { nameOf } from '#kube/names.ts'
import { labelValue } from '#kube/requirements.ts'
import type { Node } from '#kube/types.ts'
import { actualValue, nameField, requirementHolds } from './affinity.ts'
import type { CompiledRequirement, PreparedDaemonSet } from './prepared.ts'

/** Something that a node has one value of, or none. */
export interface NodeValue {
  /** Two of one name are the same. */
  readonly name: string
  readonly read: (node: Node) => string | undefined
}

export const nodeName: NodeValue = { name: 'name', read: nameOf }

export const nodeLabel = (key: string): NodeValue => ({
  name: `label ${key}`,
  read: ({ metadata }) => labelValue(metadata?.labels, key),
})

export interface Asked {
  readonly rule: 'nodeName' | 'nodeSelector' | 'nodeAffinity'
  readonly path: FieldPath
  /** For people: `disktype=ssd`, `zone in (a,b)`, `metadata.name=n1`. */
  readonly text: string
  /** The label's key, `metadata.name` for names and fields. */
  readonly key: string
  /** What the answer depends on. */
  readonly of: NodeValue
  readonly holds: (value: string | undefined) => boolean
  /** Of any two values that are not among these it says the same; undefined: each value has its own answer. */
  readonly named: readonly string[] | undefined
  /** Equal for two that say the same of every value of one `NodeValue`. */
  readonly id: string
  /** What is told of a node that has something else. */
  readonly shown: NodeValue
}

/** All that is asked, in rule order. Affinity terms that can match nothing are left out. */
export function askedBy({ nodeName: wanted, nodeSelector, terms }: PreparedDaemonSet): Asked[] {
  const list: Asked[] = []
  if (wanted !== null) {
    const path = ['spec', 'template', 'spec', 'nodeName']
    list.push({ rule: 'nodeName', path, ...equal('metadata.name', wanted, nodeName) })
  }
  for (const { key, value, path } of nodeSelector)
    list.push({ rule: 'nodeSelector', path, ...equal(key, value, nodeLabel(key)) })
  for (const term of terms ?? [])
    if (term.usable) for (const requirement of term.requirements) list.push(requirementAsked(requirement))
  return list
}

function equal(key: string, wanted: string, of: NodeValue): Omit<Asked, 'rule' | 'path'> {
  const holds = (value: string | undefined) => value === wanted
  return { text: `${key}=${wanted}`, key, of, holds, named: [wanted], id: `=${wanted}`, shown: of }
}

function requirementAsked(requirement: CompiledRequirement): Asked {
  const { key, kind, matches, operator, path, text, values } = requirement
  const named = operator === 'Gt' || operator === 'Lt' ? undefined : values
  const shared = { rule: 'nodeAffinity', path, text, key } as const
  const id = JSON.stringify([kind, key, operator, values])
  if (kind === 'expression') {
    const of = nodeLabel(key)
    return { ...shared, of, holds: matches, named, id, shown: of }
  }
  const actual = (name: string) => actualValue(requirement, undefined, name)
  return {
    ...shared,
    of: nodeName,
    holds: (name = '') => requirementHolds(requirement, actual(name), name),
    // A node without a name is asked for no fields.
    named: ['', ...values],
    id,
    shown: key === nameField ? nodeName : { name: `field ${key}`, read: (node) => actual(nameOf(node)) },
  }
}
