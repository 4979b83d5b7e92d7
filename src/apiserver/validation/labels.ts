/** Labels, annotations and label selectors. Mirrors k8s.io/apimachinery `apis/meta/v1/validation` and `api/validation`. */
import { labelValueErrors, qualifiedNameErrors, utf8Length } from '#kube/labels.ts'
import { entriesOf } from '#kube/read.ts'
import type { Place } from './place.ts'

/** The annotations of one object: 256 KiB. */
const annotationsLimit = 256 * 1024

/** Both key and value are reported at the map itself, as upstream. */
export function checkLabels(at: Place): void {
  for (const [name, value] of entriesOf(at.value)) {
    at.invalidEach(name, qualifiedNameErrors(name))
    at.invalidEach(value, labelValueErrors(value))
  }
}

/** Annotations; the case of a key does not matter. */
export function checkAnnotations(at: Place): void {
  let size = 0
  for (const [name, value] of entriesOf(at.value)) {
    at.invalidEach(name, qualifiedNameErrors(name.toLowerCase()))
    size += utf8Length(name) + utf8Length(value)
  }
  if (size > annotationsLimit) at.tooLong(annotationsLimit)
}

const needValues = "must be specified when `operator` is 'In' or 'NotIn'"
const needNoValues = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"

/** What an operator asks of `values`, and that it is one of the four of every selector. */
export function checkOperator(requirement: Place): void {
  const values = requirement.child('values')
  const operator = requirement.child('operator')
  switch (operator.text) {
    case 'In':
    case 'NotIn':
      if (values.each().length === 0) values.required(needValues)
      break
    case 'Exists':
    case 'DoesNotExist':
      if (values.each().length > 0) values.forbidden(needNoValues)
      break
    default:
      operator.wrong('not a valid selector operator')
  }
}

/** A label selector; absent is fine (ValidateLabelSelector). */
export function checkLabelSelector(at: Place): void {
  checkLabels(at.child('matchLabels'))
  for (const requirement of at.items('matchExpressions')) {
    checkOperator(requirement)
    requirement.child('key').keeps(qualifiedNameErrors)
    for (const value of requirement.items('values')) value.keeps(labelValueErrors)
  }
}
