/** Where a pod may run: node affinity, tolerations, taints, spread. Mirrors pkg/apis/core/validation. */
import { dns1123SubdomainErrors, labelValueErrors, qualifiedNameErrors } from '#kube/labels.ts'
import { numberIn, numberOrNone, objectOrNone, objectsIn, stringIn, stringsIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { checkChoice, checkOptionalChoice } from './choices.ts'
import type { FieldErrors } from './field-errors.ts'
import { checkLabelName, checkLabelSelector, checkOperatorValues } from './labels.ts'
import { validateNamespaceName } from './names.ts'
import type { Place } from './place.ts'

function checkMatchExpression(
  requirement: JsonObject,
  checkValues: boolean,
  at: Place,
  errors: FieldErrors,
): void {
  const operator = stringIn(requirement, 'operator')
  const values = stringsIn(requirement, 'values')
  if (operator === 'Gt' || operator === 'Lt') {
    const rule = "must be specified single value when `operator` is 'Lt' or 'Gt'"
    if (values.length !== 1) errors.required(at.child('values'), rule)
  } else if (!checkOperatorValues(requirement, at, errors)) {
    errors.invalid(at.child('operator'), operator, 'not a valid selector operator')
  }
  checkLabelName(stringIn(requirement, 'key'), at.child('key'), errors)
  if (!checkValues) return
  for (const [index, value] of values.entries()) {
    errors.invalidEach(at.child('values').index(index), value, labelValueErrors(value))
  }
}

function checkMatchField(requirement: JsonObject, at: Place, errors: FieldErrors): void {
  const operator = stringIn(requirement, 'operator')
  const values = stringsIn(requirement, 'values')
  if (operator === 'In' || operator === 'NotIn') {
    const rule = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"
    if (values.length !== 1) errors.required(at.child('values'), rule)
  } else errors.invalid(at.child('operator'), operator, 'not a valid selector operator')
  const key = stringIn(requirement, 'key')
  if (key !== 'metadata.name') {
    errors.invalid(at.child('key'), key, 'not a valid field selector key')
    return
  }
  for (const [index, value] of values.entries()) {
    errors.invalidEach(at.child('values').index(index), value, dns1123SubdomainErrors(value))
  }
}

function checkTerm(term: JsonObject, checkValues: boolean, at: Place, errors: FieldErrors): void {
  for (const [index, requirement] of objectsIn(term, 'matchExpressions').entries()) {
    checkMatchExpression(requirement, checkValues, at.child('matchExpressions').index(index), errors)
  }
  for (const [index, requirement] of objectsIn(term, 'matchFields').entries()) {
    checkMatchField(requirement, at.child('matchFields').index(index), errors)
  }
}

function checkWeight(term: JsonObject, at: Place, errors: FieldErrors): void {
  const weight = numberIn(term, 'weight')
  if (weight <= 0 || weight > 100) errors.invalid(at.child('weight'), weight, 'must be in the range 1-100')
}

/** Node affinity (validateNodeAffinity); values are not checked in preferred terms. */
export function checkNodeAffinity(affinity: JsonObject, at: Place, errors: FieldErrors): void {
  const required = objectOrNone(affinity, 'requiredDuringSchedulingIgnoredDuringExecution')
  if (required) {
    const termsAt = at.child('requiredDuringSchedulingIgnoredDuringExecution').child('nodeSelectorTerms')
    const terms = objectsIn(required, 'nodeSelectorTerms')
    if (terms.length === 0) errors.required(termsAt, 'must have at least one node selector term')
    for (const [index, term] of terms.entries()) checkTerm(term, true, termsAt.index(index), errors)
  }
  const preferred = objectsIn(affinity, 'preferredDuringSchedulingIgnoredDuringExecution')
  for (const [index, term] of preferred.entries()) {
    const here = at.child('preferredDuringSchedulingIgnoredDuringExecution').index(index)
    checkWeight(term, here, errors)
    checkTerm(objectOrNone(term, 'preference') ?? {}, false, here.child('preference'), errors)
  }
}

/** Keys of a pod's own labels; the server turns them into expressions when the pod is made, so only those can collide. */
function checkLabelKeys(term: JsonObject, at: Place, errors: FieldErrors): void {
  const selector = objectOrNone(term, 'labelSelector')
  for (const name of ['matchLabelKeys', 'mismatchLabelKeys']) {
    const keys = stringsIn(term, name)
    if (keys.length === 0) continue
    if (!selector) errors.forbidden(at.child(name), 'must not be specified when labelSelector is not set')
    else for (const [index, key] of keys.entries()) checkLabelName(key, at.child(name).index(index), errors)
  }
  const matchKeys = stringsIn(term, 'matchLabelKeys')
  if (selector) {
    const seen = new Set(Object.keys(objectOrNone(selector, 'matchLabels') ?? {}))
    for (const expression of objectsIn(selector, 'matchExpressions')) {
      const key = stringIn(expression, 'key')
      const index = matchKeys.lastIndexOf(key)
      if (index >= 0 && seen.has(key)) {
        errors.invalid(at.index(index), key, 'exists in both matchLabelKeys and labelSelector')
      }
      seen.add(key)
    }
  }
  const mismatchKeys = stringsIn(term, 'mismatchLabelKeys')
  for (const [index, key] of matchKeys.entries()) {
    if (mismatchKeys.includes(key)) {
      const here = at.child('matchLabelKeys').index(index)
      errors.invalid(here, key, 'exists in both matchLabelKeys and mismatchLabelKeys')
    }
  }
}

function checkPodAffinityTerm(term: JsonObject, at: Place, errors: FieldErrors): void {
  checkLabelSelector(objectOrNone(term, 'labelSelector'), at.child('labelSelector'), errors)
  checkLabelSelector(objectOrNone(term, 'namespaceSelector'), at.child('namespaceSelector'), errors)
  for (const name of stringsIn(term, 'namespaces')) {
    errors.invalidEach(at.child('namespace', ['namespaces']), name, validateNamespaceName(name))
  }
  checkLabelKeys(term, at, errors)
  const key = stringIn(term, 'topologyKey')
  if (key === '') errors.required(at.child('topologyKey'), 'can not be empty')
  checkLabelName(key, at.child('topologyKey'), errors)
}

/** Affinity or anti-affinity to pods (validatePodAffinity, validatePodAntiAffinity). */
export function checkPodAffinity(affinity: JsonObject, at: Place, errors: FieldErrors): void {
  const required = objectsIn(affinity, 'requiredDuringSchedulingIgnoredDuringExecution')
  for (const [index, term] of required.entries()) {
    checkPodAffinityTerm(
      term,
      at.child('requiredDuringSchedulingIgnoredDuringExecution').index(index),
      errors,
    )
  }
  const preferred = objectsIn(affinity, 'preferredDuringSchedulingIgnoredDuringExecution')
  for (const [index, term] of preferred.entries()) {
    const here = at.child('preferredDuringSchedulingIgnoredDuringExecution').index(index)
    checkWeight(term, here, errors)
    checkPodAffinityTerm(objectOrNone(term, 'podAffinityTerm') ?? {}, here.child('podAffinityTerm'), errors)
  }
}

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

function checkTolerationOperator(toleration: JsonObject, at: Place, errors: FieldErrors): void {
  const operator = stringIn(toleration, 'operator')
  const value = stringIn(toleration, 'value')
  // Wrong values are reported at `operator`, as upstream.
  if (operator === '' || operator === 'Equal') {
    const wrong = labelValueErrors(value)
    if (wrong.length > 0) errors.invalid(at.child('operator'), value, wrong.join(';'))
  } else if (operator === 'Exists') {
    const rule = "value must be empty when `operator` is 'Exists'"
    if (value !== '') errors.invalid(at.child('operator'), value, rule)
  } else {
    // Behind TaintTolerationComparisonOperators, which is off in 1.36; the texts differ all the same.
    const comparison = operator === 'Lt' || operator === 'Gt' ? ['Lt', 'Gt'] : []
    errors.notSupported(at.child('operator'), operator, ['Equal', 'Exists', ...comparison])
  }
}

/** Tolerations of a pod (ValidateTolerations). */
export function validateTolerations(
  tolerations: readonly JsonObject[],
  at: Place,
  errors: FieldErrors,
): void {
  for (const [index, toleration] of tolerations.entries()) {
    const here = at.index(index)
    const key = stringIn(toleration, 'key')
    const operator = stringIn(toleration, 'operator')
    if (key !== '') checkLabelName(key, here.child('key'), errors)
    else if (operator !== 'Exists') {
      const rule = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
      errors.invalid(here.child('operator'), operator, rule)
    }
    const effect = stringIn(toleration, 'effect')
    if (numberOrNone(toleration, 'tolerationSeconds') !== undefined && effect !== 'NoExecute') {
      errors.invalid(
        here.child('effect'),
        effect,
        "effect must be 'NoExecute' when `tolerationSeconds` is set",
      )
    }
    checkTolerationOperator(toleration, here, errors)
    if (effect !== '' && !effects.includes(effect)) {
      errors.notSupported(here.child('effect'), effect, effects)
    }
  }
}

/** Taints of a node (validateNodeTaints): one of each key and effect. */
export function validateTaints(taints: readonly JsonObject[], at: Place, errors: FieldErrors): void {
  const seen = new Set<string>()
  for (const [index, taint] of taints.entries()) {
    const here = at.index(index)
    const key = stringIn(taint, 'key')
    const value = stringIn(taint, 'value')
    const effect = stringIn(taint, 'effect')
    errors.invalidEach(here.child('key'), key, qualifiedNameErrors(key))
    const wrong = labelValueErrors(value)
    if (wrong.length > 0) errors.invalid(here.child('value'), value, wrong.join(';'))
    checkChoice(taint, 'effect', effects, here, errors)
    const pair = `${effect} ${key}`
    if (seen.has(pair)) {
      errors.duplicate(here, taint, 'taints must be unique by key and effect pair')
    }
    seen.add(pair)
  }
}

const policies = ['Honor', 'Ignore']

function checkMinDomains(constraint: JsonObject, at: Place, errors: FieldErrors): void {
  const minDomains = numberOrNone(constraint, 'minDomains')
  if (minDomains === undefined) return
  if (minDomains <= 0) errors.invalid(at, minDomains, 'must be greater than zero')
  const action = stringIn(constraint, 'whenUnsatisfiable')
  if (action !== 'DoNotSchedule') {
    const rule = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${action}`
    errors.invalid(at, minDomains, rule)
  }
}

/** Topology spread constraints (validateTopologySpreadConstraints). */
export function checkTopologySpread(
  constraints: readonly JsonObject[],
  at: Place,
  errors: FieldErrors,
): void {
  for (const [index, constraint] of constraints.entries()) {
    const here = at.index(index)
    const maxSkew = numberIn(constraint, 'maxSkew')
    if (maxSkew <= 0) errors.invalid(here.child('maxSkew'), maxSkew, 'must be greater than zero')
    const key = stringIn(constraint, 'topologyKey')
    if (key === '') errors.required(here.child('topologyKey'), 'can not be empty')
    const action = stringIn(constraint, 'whenUnsatisfiable')
    if (action !== 'DoNotSchedule' && action !== 'ScheduleAnyway') {
      errors.notSupported(here.child('whenUnsatisfiable'), action, ['DoNotSchedule', 'ScheduleAnyway'])
    }
    const again = (other: JsonObject) =>
      stringIn(other, 'topologyKey') === key && stringIn(other, 'whenUnsatisfiable') === action
    if (constraints.slice(index + 1).some(again)) {
      errors.duplicate(here.child('{topologyKey, whenUnsatisfiable}', []), `{${key}, ${action}}`)
    }
    checkMinDomains(constraint, here.child('minDomains'), errors)
    for (const name of ['nodeAffinityPolicy', 'nodeTaintsPolicy']) {
      checkOptionalChoice(constraint, name, policies, here, errors)
    }
    checkLabelKeys(constraint, here, errors)
    checkLabelSelector(objectOrNone(constraint, 'labelSelector'), here.child('labelSelector'), errors)
  }
}
