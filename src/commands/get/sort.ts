import { KdsError } from '#base/errors.ts'
import type { Json } from '#base/json.ts'
import { parseJsonPath } from '#commands/shared/printer/jsonpath/jsonpath.ts'
import type { StateSummary } from '#controller/state/types.ts'
import { verdictCodes } from '#controller/state/verdict.ts'

/** The worst verdict first; of equal ones those with more nodes that are not well. */
export function worstFirst<S extends StateSummary>(states: readonly S[]): S[] {
  const unwell = ({ daemonSet, misscheduled }: StateSummary) =>
    (daemonSet.status?.numberUnavailable ?? 0) + misscheduled
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
 * Sorts by what a JSONPath finds first in the object with its restarts, misscheduled pods and verdict: numbers by value, texts as texts, what is missing
 * first.
 *
 * @throws KdsError where the path is broken, or no object has such a field, in kubectl's words.
 */
export function sortedBy<S extends StateSummary>(field: string, states: readonly S[]): S[] {
  const path = parseJsonPath(template(field))
  const keyed = states.map((state) => {
    const { daemonSet, misscheduled, restarts, verdict } = state
    const whole = { ...(daemonSet as object), misscheduled, restarts, verdict }
    return { state, key: path.results(whole as unknown as Json)[0] }
  })
  if (keyed.length > 0 && keyed.every(({ key }) => key === undefined))
    throw new KdsError(
      'usage',
      `couldn't find any field with path "${template(field)}" in the list of objects`,
    )
  return keyed.sort((one, other) => compare(one.key, other.key)).map(({ state }) => state)
}

function compare(one: Json | undefined, other: Json | undefined): number {
  if (one === undefined || other === undefined) return Number(one !== undefined) - Number(other !== undefined)
  if (typeof one === 'number' && typeof other === 'number') return one - other
  const [a, b] = [String(one), String(other)]
  return a < b ? -1 : a > b ? 1 : 0
}
