import { KdsError } from '#base/errors.ts'
import type { Json } from '#base/json.ts'
import { parseJsonPath } from '#commands/shared/printer/jsonpath/jsonpath.ts'
import type { DaemonSetState } from '#controller/state/types.ts'
import { verdictCodes } from '#controller/state/verdict.ts'
import { stateDocument } from '#views/state/document.ts'

/** The worst verdict first; of equal ones those with more nodes that are not well. */
export function worstFirst(states: readonly DaemonSetState[]): DaemonSetState[] {
  const unwell = ({ counters }: DaemonSetState) => counters.unavailable + counters.misscheduled
  return [...states].sort(
    (one, other) =>
      verdictCodes.indexOf(other.verdict.code) - verdictCodes.indexOf(one.verdict.code) ||
      unwell(other) - unwell(one),
  )
}

/** `.metadata.name`, `metadata.name`, `{.metadata.name}`: all are read, as kubectl does. */
function template(field: string): string {
  const inner = /^\{(.*)\}$/.exec(field)?.[1] ?? field
  return `{${inner.startsWith('.') || inner.startsWith('[') ? inner : `.${inner}`}}`
}

/**
 * Sorts by what a JSONPath finds first in the object or in its document: numbers by value, texts as texts, what is missing
 * first.
 *
 * @throws KdsError where the path is broken, or no object has such a field, in kubectl's words.
 */
export function sortedBy(field: string, states: readonly DaemonSetState[]): DaemonSetState[] {
  const path = parseJsonPath(template(field))
  const keyed = states.map((state) => {
    const whole = { ...(state.daemonSet as object), ...(stateDocument(state) as object), ...ownFields(state) }
    return { state, key: path.results(whole as unknown as Json)[0] }
  })
  if (keyed.length > 0 && keyed.every(({ key }) => key === undefined))
    throw new KdsError(
      'usage',
      `couldn't find any field with path "${template(field)}" in the list of objects`,
    )
  return keyed.sort((one, other) => compare(one.key, other.key)).map(({ state }) => state)
}

/** Of the fields that both have, the object's are the habit; the document's counters stand beside them. */
const ownFields = ({ daemonSet }: DaemonSetState) => ({
  metadata: daemonSet.metadata,
  spec: daemonSet.spec,
  status: {
    ...(daemonSet.status as object | undefined),
    desired: daemonSet.status?.desiredNumberScheduled ?? 0,
    ready: daemonSet.status?.numberReady ?? 0,
  },
})

function compare(one: Json | undefined, other: Json | undefined): number {
  if (one === undefined || other === undefined) return Number(one !== undefined) - Number(other !== undefined)
  if (typeof one === 'number' && typeof other === 'number') return one - other
  const [a, b] = [String(one), String(other)]
  return a < b ? -1 : a > b ? 1 : 0
}
