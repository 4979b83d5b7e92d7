/** Where a pod may run: node affinity, tolerations, taints, spread. Mirrors pkg/apis/core/validation. */
import { dns1123SubdomainErrors, labelValueErrors, qualifiedNameErrors } from '#kube/labels.ts'
import { checkLabelSelector, checkOperator } from './labels.ts'
import { validateNamespaceName } from './names.ts'
import type { Place } from './place.ts'

function checkMatchExpression(requirement: Place, checkValues: boolean): void {
  const operator = requirement.child('operator').text
  const values = requirement.child('values')
  if (operator === 'Gt' || operator === 'Lt') {
    const rule = "must be specified single value when `operator` is 'Lt' or 'Gt'"
    if (values.each().length !== 1) values.required(rule)
  } else checkOperator(requirement)
  requirement.child('key').keeps(qualifiedNameErrors)
  for (const value of checkValues ? values.each() : []) value.keeps(labelValueErrors)
}

function checkMatchField(requirement: Place): void {
  const operator = requirement.child('operator')
  const values = requirement.child('values')
  if (operator.text === 'In' || operator.text === 'NotIn') {
    const rule = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"
    if (values.each().length !== 1) values.required(rule)
  } else operator.wrong('not a valid selector operator')
  const key = requirement.child('key')
  if (key.text !== 'metadata.name') key.wrong('not a valid field selector key')
  else for (const value of values.each()) value.keeps(dns1123SubdomainErrors)
}

function checkTerm(term: Place, checkValues: boolean): void {
  for (const requirement of term.items('matchExpressions')) checkMatchExpression(requirement, checkValues)
  for (const requirement of term.items('matchFields')) checkMatchField(requirement)
}

function checkWeight(term: Place): void {
  const weight = term.child('weight')
  if (weight.number <= 0 || weight.number > 100) weight.invalid(weight.number, 'must be in the range 1-100')
}

export const required = 'requiredDuringSchedulingIgnoredDuringExecution'
export const preferred = 'preferredDuringSchedulingIgnoredDuringExecution'

/** Node affinity (validateNodeAffinity); values are not checked in preferred terms. */
export function checkNodeAffinity(affinity: Place): void {
  const terms = affinity.child(required).child('nodeSelectorTerms')
  if (affinity.child(required).given && terms.each().length === 0)
    terms.required('must have at least one node selector term')
  for (const term of terms.each()) checkTerm(term, true)
  for (const weighted of affinity.items(preferred)) {
    checkWeight(weighted)
    checkTerm(weighted.child('preference'), false)
  }
}

/** Keys of a pod's own labels; the server turns them into expressions when the pod is made, so only those can collide. */
function checkLabelKeys(term: Place): void {
  const selector = term.child('labelSelector')
  for (const name of ['matchLabelKeys', 'mismatchLabelKeys']) {
    const keys = term.items(name)
    if (selector.given) for (const key of keys) key.keeps(qualifiedNameErrors)
    else if (keys.length > 0)
      term.child(name).forbidden('must not be specified when labelSelector is not set')
  }
  const matchKeys = term.items('matchLabelKeys').map(({ text }) => text)
  const seen = new Set(Object.keys(selector.child('matchLabels').object))
  for (const { text: key } of selector.items('matchExpressions').map((one) => one.child('key'))) {
    const index = matchKeys.lastIndexOf(key)
    if (index >= 0 && seen.has(key))
      term.index(index).invalid(key, 'exists in both matchLabelKeys and labelSelector')
    seen.add(key)
  }
  const mismatchKeys = new Set(term.items('mismatchLabelKeys').map(({ text }) => text))
  for (const key of term.items('matchLabelKeys'))
    if (mismatchKeys.has(key.text)) key.wrong('exists in both matchLabelKeys and mismatchLabelKeys')
}

function checkPodAffinityTerm(term: Place): void {
  checkLabelSelector(term.child('labelSelector'))
  checkLabelSelector(term.child('namespaceSelector'))
  const namespaces = term.child('namespace', ['namespaces'])
  for (const { text } of namespaces.each()) namespaces.invalidEach(text, validateNamespaceName(text))
  checkLabelKeys(term)
  const key = term.child('topologyKey')
  if (key.text === '') key.required('can not be empty')
  key.keeps(qualifiedNameErrors)
}

/** Affinity or anti-affinity to pods (validatePodAffinity, validatePodAntiAffinity). */
export function checkPodAffinity(affinity: Place): void {
  for (const term of affinity.items(required)) checkPodAffinityTerm(term)
  for (const weighted of affinity.items(preferred)) {
    checkWeight(weighted)
    checkPodAffinityTerm(weighted.child('podAffinityTerm'))
  }
}

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

/** Wrong values are reported at `operator`, as upstream. */
function checkTolerationOperator(operator: Place, value: string): void {
  if (operator.text === '' || operator.text === 'Equal') {
    const wrong = labelValueErrors(value)
    if (wrong.length > 0) operator.invalid(value, wrong.join(';'))
  } else if (operator.text === 'Exists') {
    if (value !== '') operator.invalid(value, "value must be empty when `operator` is 'Exists'")
  } else {
    // Behind TaintTolerationComparisonOperators, which is off in 1.36; the texts differ all the same.
    const comparison = operator.text === 'Lt' || operator.text === 'Gt' ? ['Lt', 'Gt'] : []
    operator.notSupported(operator.text, ['Equal', 'Exists', ...comparison])
  }
}

/** Tolerations of a pod (ValidateTolerations). */
export function checkTolerations(tolerations: Place): void {
  for (const toleration of tolerations.each()) {
    const key = toleration.child('key')
    const operator = toleration.child('operator')
    const effect = toleration.child('effect')
    if (key.text !== '') key.keeps(qualifiedNameErrors)
    else if (operator.text !== 'Exists')
      operator.wrong(
        'operator must be Exists when `key` is empty, which means "match all values and all keys"',
      )
    if (toleration.child('tolerationSeconds').numberOrNone !== undefined && effect.text !== 'NoExecute')
      effect.wrong("effect must be 'NoExecute' when `tolerationSeconds` is set")
    checkTolerationOperator(operator, toleration.child('value').text)
    if (effect.text !== '') effect.oneOf(effects)
  }
}

/** Taints of a node (validateNodeTaints): one of each key and effect. */
export function checkTaints(taints: Place): void {
  const seen = new Set<string>()
  for (const taint of taints.each()) {
    const key = taint.child('key')
    const value = taint.child('value')
    key.keeps(qualifiedNameErrors)
    const wrong = labelValueErrors(value.text)
    if (wrong.length > 0) value.wrong(wrong.join(';'))
    taint.child('effect').choice(effects)
    const pair = `${taint.child('effect').text} ${key.text}`
    if (seen.has(pair)) taint.duplicate(taint.value, 'taints must be unique by key and effect pair')
    seen.add(pair)
  }
}

const policies = ['Honor', 'Ignore']
const actions = ['DoNotSchedule', 'ScheduleAnyway']

function checkMinDomains(minDomains: Place, action: string): void {
  if (minDomains.numberOrNone === undefined) return
  if (minDomains.number <= 0) minDomains.wrong('must be greater than zero')
  if (action !== 'DoNotSchedule')
    minDomains.wrong(`can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${action}`)
}

/** Topology spread constraints (validateTopologySpreadConstraints). */
export function checkTopologySpread(constraints: Place): void {
  const all = constraints.each()
  for (const [index, constraint] of all.entries()) {
    const maxSkew = constraint.child('maxSkew')
    if (maxSkew.number <= 0) maxSkew.invalid(maxSkew.number, 'must be greater than zero')
    const key = constraint.child('topologyKey')
    if (key.text === '') key.required('can not be empty')
    const action = constraint.child('whenUnsatisfiable')
    action.oneOf(actions)
    const again = (other: Place) =>
      other.child('topologyKey').text === key.text && other.child('whenUnsatisfiable').text === action.text
    if (all.slice(index + 1).some(again))
      constraint.child('{topologyKey, whenUnsatisfiable}', []).duplicate(`{${key.text}, ${action.text}}`)
    checkMinDomains(constraint.child('minDomains'), action.text)
    for (const name of ['nodeAffinityPolicy', 'nodeTaintsPolicy'])
      constraint.child(name).optionalChoice(policies)
    checkLabelKeys(constraint)
    checkLabelSelector(constraint.child('labelSelector'))
  }
}
