/** Where a pod may run: node affinity, tolerations, taints, spread. Mirrors pkg/apis/core/validation. */
import { dns1123SubdomainErrors, labelValueErrors, qualifiedNameErrors } from '#kube/labels.ts'
import { numberIn, numberOrNone, objectOrNone, objectsIn, stringIn, stringsIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { checkChoice, checkOptionalChoice } from './choices.ts'
import { checkLabelName, checkLabelSelector, checkOperatorValues } from './labels.ts'
import { validateNamespaceName } from './names.ts'
import type { Place } from './place.ts'

function checkMatchExpression(requirement: JsonObject, checkValues: boolean, at: Place): void {
  const operator = stringIn(requirement, 'operator')
  const values = stringsIn(requirement, 'values')
  if (operator === 'Gt' || operator === 'Lt') {
    const rule = "must be specified single value when `operator` is 'Lt' or 'Gt'"
    if (values.length !== 1) at.child('values').required(rule)
  } else if (!checkOperatorValues(requirement, at)) {
    at.child('operator').invalid(operator, 'not a valid selector operator')
  }
  checkLabelName(stringIn(requirement, 'key'), at.child('key'))
  if (!checkValues) return
  for (const [value, here] of at.child('values').each(values)) {
    here.invalidEach(value, labelValueErrors(value))
  }
}

function checkMatchField(requirement: JsonObject, at: Place): void {
  const operator = stringIn(requirement, 'operator')
  const values = stringsIn(requirement, 'values')
  if (operator === 'In' || operator === 'NotIn') {
    const rule = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"
    if (values.length !== 1) at.child('values').required(rule)
  } else at.child('operator').invalid(operator, 'not a valid selector operator')
  const key = stringIn(requirement, 'key')
  if (key !== 'metadata.name') {
    at.child('key').invalid(key, 'not a valid field selector key')
    return
  }
  for (const [value, here] of at.child('values').each(values)) {
    here.invalidEach(value, dns1123SubdomainErrors(value))
  }
}

function checkTerm(term: JsonObject, checkValues: boolean, at: Place): void {
  for (const [requirement, here] of at.items(term, 'matchExpressions')) {
    checkMatchExpression(requirement, checkValues, here)
  }
  for (const [requirement, here] of at.items(term, 'matchFields')) {
    checkMatchField(requirement, here)
  }
}

function checkWeight(term: JsonObject, at: Place): void {
  const weight = numberIn(term, 'weight')
  if (weight <= 0 || weight > 100) at.child('weight').invalid(weight, 'must be in the range 1-100')
}

/** Node affinity (validateNodeAffinity); values are not checked in preferred terms. */
export function checkNodeAffinity(affinity: JsonObject, at: Place): void {
  const required = objectOrNone(affinity, 'requiredDuringSchedulingIgnoredDuringExecution')
  if (required) {
    const termsAt = at.child('requiredDuringSchedulingIgnoredDuringExecution').child('nodeSelectorTerms')
    const terms = objectsIn(required, 'nodeSelectorTerms')
    if (terms.length === 0) termsAt.required('must have at least one node selector term')
    for (const [term, here] of termsAt.each(terms)) checkTerm(term, true, here)
  }
  const preferred = objectsIn(affinity, 'preferredDuringSchedulingIgnoredDuringExecution')
  for (const [term, here] of at.child('preferredDuringSchedulingIgnoredDuringExecution').each(preferred)) {
    checkWeight(term, here)
    checkTerm(objectOrNone(term, 'preference') ?? {}, false, here.child('preference'))
  }
}

/** Keys of a pod's own labels; the server turns them into expressions when the pod is made, so only those can collide. */
function checkLabelKeys(term: JsonObject, at: Place): void {
  const selector = objectOrNone(term, 'labelSelector')
  for (const name of ['matchLabelKeys', 'mismatchLabelKeys']) {
    const keys = stringsIn(term, name)
    if (keys.length === 0) continue
    if (!selector) at.child(name).forbidden('must not be specified when labelSelector is not set')
    else for (const [key, here] of at.child(name).each(keys)) checkLabelName(key, here)
  }
  const matchKeys = stringsIn(term, 'matchLabelKeys')
  if (selector) {
    const seen = new Set(Object.keys(objectOrNone(selector, 'matchLabels') ?? {}))
    for (const expression of objectsIn(selector, 'matchExpressions')) {
      const key = stringIn(expression, 'key')
      const index = matchKeys.lastIndexOf(key)
      if (index >= 0 && seen.has(key)) {
        at.index(index).invalid(key, 'exists in both matchLabelKeys and labelSelector')
      }
      seen.add(key)
    }
  }
  const mismatchKeys = stringsIn(term, 'mismatchLabelKeys')
  for (const [index, key] of matchKeys.entries()) {
    if (mismatchKeys.includes(key)) {
      const here = at.child('matchLabelKeys').index(index)
      here.invalid(key, 'exists in both matchLabelKeys and mismatchLabelKeys')
    }
  }
}

function checkPodAffinityTerm(term: JsonObject, at: Place): void {
  checkLabelSelector(objectOrNone(term, 'labelSelector'), at.child('labelSelector'))
  checkLabelSelector(objectOrNone(term, 'namespaceSelector'), at.child('namespaceSelector'))
  for (const name of stringsIn(term, 'namespaces')) {
    at.child('namespace', ['namespaces']).invalidEach(name, validateNamespaceName(name))
  }
  checkLabelKeys(term, at)
  const key = stringIn(term, 'topologyKey')
  if (key === '') at.child('topologyKey').required('can not be empty')
  checkLabelName(key, at.child('topologyKey'))
}

/** Affinity or anti-affinity to pods (validatePodAffinity, validatePodAntiAffinity). */
export function checkPodAffinity(affinity: JsonObject, at: Place): void {
  const required = objectsIn(affinity, 'requiredDuringSchedulingIgnoredDuringExecution')
  for (const [term, here] of at.child('requiredDuringSchedulingIgnoredDuringExecution').each(required)) {
    checkPodAffinityTerm(term, here)
  }
  const preferred = objectsIn(affinity, 'preferredDuringSchedulingIgnoredDuringExecution')
  for (const [term, here] of at.child('preferredDuringSchedulingIgnoredDuringExecution').each(preferred)) {
    checkWeight(term, here)
    checkPodAffinityTerm(objectOrNone(term, 'podAffinityTerm') ?? {}, here.child('podAffinityTerm'))
  }
}

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

function checkTolerationOperator(toleration: JsonObject, at: Place): void {
  const operator = stringIn(toleration, 'operator')
  const value = stringIn(toleration, 'value')
  // Wrong values are reported at `operator`, as upstream.
  if (operator === '' || operator === 'Equal') {
    const wrong = labelValueErrors(value)
    if (wrong.length > 0) at.child('operator').invalid(value, wrong.join(';'))
  } else if (operator === 'Exists') {
    const rule = "value must be empty when `operator` is 'Exists'"
    if (value !== '') at.child('operator').invalid(value, rule)
  } else {
    // Behind TaintTolerationComparisonOperators, which is off in 1.36; the texts differ all the same.
    const comparison = operator === 'Lt' || operator === 'Gt' ? ['Lt', 'Gt'] : []
    at.child('operator').notSupported(operator, ['Equal', 'Exists', ...comparison])
  }
}

/** Tolerations of a pod (ValidateTolerations). */
export function validateTolerations(tolerations: readonly JsonObject[], at: Place): void {
  for (const [toleration, here] of at.each(tolerations)) {
    const key = stringIn(toleration, 'key')
    const operator = stringIn(toleration, 'operator')
    if (key !== '') checkLabelName(key, here.child('key'))
    else if (operator !== 'Exists') {
      const rule = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
      here.child('operator').invalid(operator, rule)
    }
    const effect = stringIn(toleration, 'effect')
    if (numberOrNone(toleration, 'tolerationSeconds') !== undefined && effect !== 'NoExecute') {
      here.child('effect').invalid(effect, "effect must be 'NoExecute' when `tolerationSeconds` is set")
    }
    checkTolerationOperator(toleration, here)
    if (effect !== '' && !effects.includes(effect)) {
      here.child('effect').notSupported(effect, effects)
    }
  }
}

/** Taints of a node (validateNodeTaints): one of each key and effect. */
export function validateTaints(taints: readonly JsonObject[], at: Place): void {
  const seen = new Set<string>()
  for (const [taint, here] of at.each(taints)) {
    const key = stringIn(taint, 'key')
    const value = stringIn(taint, 'value')
    const effect = stringIn(taint, 'effect')
    here.child('key').invalidEach(key, qualifiedNameErrors(key))
    const wrong = labelValueErrors(value)
    if (wrong.length > 0) here.child('value').invalid(value, wrong.join(';'))
    checkChoice(taint, 'effect', effects, here)
    const pair = `${effect} ${key}`
    if (seen.has(pair)) {
      here.duplicate(taint, 'taints must be unique by key and effect pair')
    }
    seen.add(pair)
  }
}

const policies = ['Honor', 'Ignore']

function checkMinDomains(constraint: JsonObject, at: Place): void {
  const minDomains = numberOrNone(constraint, 'minDomains')
  if (minDomains === undefined) return
  if (minDomains <= 0) at.invalid(minDomains, 'must be greater than zero')
  const action = stringIn(constraint, 'whenUnsatisfiable')
  if (action !== 'DoNotSchedule') {
    const rule = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${action}`
    at.invalid(minDomains, rule)
  }
}

/** Topology spread constraints (validateTopologySpreadConstraints). */
export function checkTopologySpread(constraints: readonly JsonObject[], at: Place): void {
  for (const [index, constraint] of constraints.entries()) {
    const here = at.index(index)
    const maxSkew = numberIn(constraint, 'maxSkew')
    if (maxSkew <= 0) here.child('maxSkew').invalid(maxSkew, 'must be greater than zero')
    const key = stringIn(constraint, 'topologyKey')
    if (key === '') here.child('topologyKey').required('can not be empty')
    const action = stringIn(constraint, 'whenUnsatisfiable')
    if (action !== 'DoNotSchedule' && action !== 'ScheduleAnyway') {
      here.child('whenUnsatisfiable').notSupported(action, ['DoNotSchedule', 'ScheduleAnyway'])
    }
    const again = (other: JsonObject) =>
      stringIn(other, 'topologyKey') === key && stringIn(other, 'whenUnsatisfiable') === action
    if (constraints.slice(index + 1).some(again)) {
      here.child('{topologyKey, whenUnsatisfiable}', []).duplicate(`{${key}, ${action}}`)
    }
    checkMinDomains(constraint, here.child('minDomains'))
    for (const name of ['nodeAffinityPolicy', 'nodeTaintsPolicy']) {
      checkOptionalChoice(constraint, name, policies, here)
    }
    checkLabelKeys(constraint, here)
    checkLabelSelector(objectOrNone(constraint, 'labelSelector'), here.child('labelSelector'))
  }
}
