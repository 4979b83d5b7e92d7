/** Which nodes a user means: names, or a label selector as `-l` takes it. */

import { KdsError, UsageError } from '#base/errors.ts'
import { escapeLine } from '#base/escape.ts'
import { nearest } from '#base/nearest.ts'
import { nameOf } from '#kube/names.ts'
import { labelValue } from '#kube/requirements.ts'
import { parseLabelSelector, type Selector } from '#kube/selectors.ts'
import type { Node } from '#kube/types.ts'
import { counted } from '#views/names.ts'
import { noSuchNode } from './inputs/cluster.ts'

function selectorOf(text: string): Selector | undefined {
  try {
    return parseLabelSelector(text)
  } catch {
    return undefined
  }
}

function readSelector(text: string): Selector {
  try {
    return parseLabelSelector(text)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new UsageError(`"${escapeLine(text)}" is neither names of nodes nor a label selector: ${why}`)
  }
}

const mark = /^(?:-l|--selector)[ =]?\s*/
const unmarked = (text: string) => text.replace(mark, '')
/** `-l ` marks a selector, and so does an operator. A bare key does not: a mistyped value would make every node of it. */
const looksLikeName = (text: string) => !mark.test(text) && !/[=!()]/.test(text)

/** Is it a selector of labels that nodes have, whatever their values? */
const asksKnownLabels = (text: string, nodes: readonly Node[]): boolean =>
  !looksLikeName(text) &&
  (selectorOf(unmarked(text))?.requirements ?? []).some(({ key }) =>
    nodes.some(({ metadata }) => labelValue(metadata?.labels, key) !== undefined),
  )

/** The names of the nodes that a text means; undefined where it means none, or cannot be read. */
export function nodesMeant(text: string, nodes: readonly Node[]): string[] | undefined {
  if (looksLikeName(text)) {
    const known = new Set(nodes.map(nameOf))
    const names = text.split(',')
    return names.every((name) => known.has(name)) ? [...new Set(names)] : undefined
  }
  const selector = selectorOf(unmarked(text))
  if (!selector || selector.empty) return undefined
  const found = nodes.filter(({ metadata }) => selector.matches(metadata?.labels)).map(nameOf)
  return found.length > 0 ? found : undefined
}

/** Why a text means no node: a name that no node has, a selector that matches none or cannot be read. */
function refusalOf(text: string, nodes: readonly Node[]): KdsError {
  const name = text.split(',').find((one) => !nodes.some((node) => nameOf(node) === one)) ?? text
  if (looksLikeName(text)) return noSuchNode(name, nodes)
  const { requirements } = readSelector(unmarked(text))
  const hint = requirements.flatMap(({ key, values }) => instead(key, values, nodes))[0]
  const message = `no node matches "${escapeLine(unmarked(text))}" among the ${counted(nodes.length, 'node')}`
  return new KdsError('no-such-node', message, hint === undefined ? {} : { hint })
}

/** Why none of the ways to read a text means a node: told of the one that was probably meant. */
export function refuseNodes(texts: readonly string[], nodes: readonly Node[]): never {
  const readable = texts.filter((text) => looksLikeName(text) || selectorOf(unmarked(text)))
  const told = readable.length > 0 ? readable : texts
  const refusals = told.map((text) => refusalOf(text, nodes))
  const at = told.findIndex((text) => asksKnownLabels(text, nodes))
  throw refusals[at] ?? refusals.find(({ hint }) => hint?.startsWith('did you mean')) ?? refusals[0]
}

/** What nodes have in the place of a label that none has. */
function instead(key: string, values: readonly string[], nodes: readonly Node[]): string[] {
  const labels = nodes.map(({ metadata }) => metadata?.labels ?? {})
  const seen = [...new Set(labels.flatMap((of) => (Object.hasOwn(of, key) ? [of[key] ?? ''] : [])))].sort()
  if (seen.length > 0) {
    if (values.some((value) => seen.includes(value))) return []
    const near = nearest(values[0] ?? '', seen)
    return [
      near === undefined
        ? `the nodes have ${key}=${seen.slice(0, 5).join(`, ${key}=`)}`
        : `did you mean ${key}=${near}?`,
    ]
  }
  const near = nearest(key, [...new Set(labels.flatMap(Object.keys))])
  return [near === undefined ? `no node has a label ${key}` : `did you mean the label ${near}?`]
}
