import type { JsonObject } from '#base/json.ts'
import { entriesIn, objectIn, objectsIn, stringIn, stringsIn } from '#kube/read.ts'
import type { CompiledRequirement } from '#placement/prepared.ts'
import { inPod } from '../subject.ts'

export const required = 'requiredDuringSchedulingIgnoredDuringExecution'
export const preferred = 'preferredDuringSchedulingIgnoredDuringExecution'
export const termsPath = inPod('affinity', 'nodeAffinity', required, 'nodeSelectorTerms')

export const termsOf = (pod: JsonObject) =>
  objectsIn(objectIn(objectIn(objectIn(pod, 'affinity'), 'nodeAffinity'), required), 'nodeSelectorTerms')

/** What is asked of one label of a node. */
type Demand = Pick<CompiledRequirement, 'key' | 'operator' | 'values' | 'path'>

/** Others are refused. */
export const operators = ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt']

export const demandText = ({ key, operator, values }: Demand) =>
  `${key} ${operator}${values.length > 0 ? ` ${values.join(', ')}` : ''}`

export const selected = (pod: JsonObject): Demand[] =>
  entriesIn(pod, 'nodeSelector').map(([key, value]) => ({
    key,
    operator: 'In',
    values: [value],
    path: inPod('nodeSelector', key),
  }))

export const expressions = (term: JsonObject, index: number): Demand[] =>
  objectsIn(term, 'matchExpressions').map((one, at) => ({
    key: stringIn(one, 'key'),
    operator: stringIn(one, 'operator'),
    values: stringsIn(one, 'values'),
    path: [...termsPath, index, 'matchExpressions', at],
  }))

/** Every label that the pod asks a node for. */
export const demandsOf = (pod: JsonObject) => [...selected(pod), ...termsOf(pod).flatMap(expressions)]

/** Does a label of this value, or none, do for the demand? */
function allows({ operator, values }: Demand, value: string | undefined): boolean {
  if (operator === 'In') return value !== undefined && values.includes(value)
  if (operator === 'NotIn') return value === undefined || !values.includes(value)
  if (operator === 'Exists') return value !== undefined
  if (operator === 'DoesNotExist') return value === undefined
  const [bound, actual] = [Number(values[0]), Number(value)]
  return operator === 'Gt' ? actual > bound : actual < bound
}

/** Is there any value, or absence, that does for all demands on one label? */
export function possible(demands: readonly Demand[]): boolean {
  const numbers = demands
    .filter(({ operator }) => /^[GL]t$/.test(operator))
    .map(({ values }) => Number(values[0]))
  const named = demands.flatMap(({ operator, values }) => (operator === 'In' ? values : []))
  // Beside what is named: no label, a value that nobody names, and near each bound more values than anybody excludes.
  const steps = demands.flatMap(({ values }) => values).map((_, i) => i + 1)
  const near = numbers.flatMap((bound) =>
    steps.flatMap((step) => [String(bound - step), String(bound + step)]),
  )
  return [...named, undefined, '\u0000', ...near].some((value) =>
    demands.every((demand) => allows(demand, value)),
  )
}
