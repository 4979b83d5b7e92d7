/** Labels, annotations and label selectors. Mirrors k8s.io/apimachinery `apis/meta/v1/validation` and `api/validation`. */

import { labelValueErrors, qualifiedNameErrors, utf8Length } from '#kube/labels.ts'
import { entriesIn, stringIn, stringsIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import type { Place } from './place.ts'

/** The annotations of one object: 256 KiB. */
const annotationsLimit = 256 * 1024

/** Both key and value are reported at the map itself, as upstream. */
export function checkLabels(holder: JsonObject, key: string, at: Place): void {
  for (const [name, value] of entriesIn(holder, key)) {
    at.invalidEach(name, qualifiedNameErrors(name))
    at.invalidEach(value, labelValueErrors(value))
  }
}

export function checkLabelName(name: string, at: Place): void {
  at.invalidEach(name, qualifiedNameErrors(name))
}

/** Annotations; the case of a key does not matter. */
export function checkAnnotations(metadata: JsonObject, at: Place): void {
  let size = 0
  for (const [name, value] of entriesIn(metadata, 'annotations')) {
    at.invalidEach(name, qualifiedNameErrors(name.toLowerCase()))
    size += utf8Length(name) + utf8Length(value)
  }
  if (size > annotationsLimit) at.tooLong(annotationsLimit)
}

const needValues = "must be specified when `operator` is 'In' or 'NotIn'"
const needNoValues = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"

/** Reports what an operator asks of `values`; answers whether it is one of the four of every selector. */
export function checkOperatorValues(requirement: JsonObject, at: Place): boolean {
  const values = stringsIn(requirement, 'values')
  switch (stringIn(requirement, 'operator')) {
    case 'In':
    case 'NotIn':
      if (values.length === 0) at.child('values').required(needValues)
      return true
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0) at.child('values').forbidden(needNoValues)
      return true
    default:
      return false
  }
}

/** A label selector; absent is fine (ValidateLabelSelector). */
export function checkLabelSelector(selector: JsonObject | undefined, at: Place): void {
  if (!selector) return
  checkLabels(selector, 'matchLabels', at.child('matchLabels'))
  for (const [requirement, here] of at.items(selector, 'matchExpressions')) {
    if (!checkOperatorValues(requirement, here)) {
      here.child('operator').invalid(stringIn(requirement, 'operator'), 'not a valid selector operator')
    }
    checkLabelName(stringIn(requirement, 'key'), here.child('key'))
    for (const [value, valueAt] of here.child('values').each(stringsIn(requirement, 'values')))
      valueAt.invalidEach(value, labelValueErrors(value))
  }
}
