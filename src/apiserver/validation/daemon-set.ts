/** DaemonSets. Mirrors ValidateDaemonSet of pkg/apis/apps/validation and the strategy of pkg/registry/apps/daemonset. */

import { goMapJson } from '#kube/go-text.ts'
import { entriesIn, numberIn, numberOrNone, objectIn, objectOrNone, objectsIn, stringIn } from '#kube/read.ts'
import type { Json, JsonObject } from '#kube/types.ts'
import { checkLabelSelector } from './labels.ts'
import { checkObjectMeta, checkObjectMetaUpdate } from './metadata.ts'
import { percentErrors } from './names.ts'
import { Findings, type Place } from './place.ts'
import { checkSelects, checkTemplate } from './pod-template.ts'
import type { FieldError } from './types.ts'

const isPercent = (value: Json | undefined): value is string =>
  typeof value === 'string' && percentErrors(value).length === 0

/** A number, or the number before the percent sign; a text that is neither counts as Go's Atoi takes it. */
function amountOf(value: Json | undefined): number {
  if (typeof value === 'number') return value
  if (typeof value !== 'string') return 0
  if (isPercent(value)) return Number(value.slice(0, -1))
  return /^[+-]?\d+$/.test(value) ? Number(value) : 0
}

function checkIntOrPercent(value: Json | undefined, at: Place): void {
  if (typeof value === 'string') at.invalidEach(value, percentErrors(value))
  else if (typeof value === 'number') at.nonnegative(value)
}

function checkRollingUpdate(rollingUpdate: JsonObject, at: Place): void {
  const { maxUnavailable, maxSurge } = rollingUpdate
  const unavailableAt = at.child('maxUnavailable')
  const surgeAt = at.child('maxSurge')
  checkIntOrPercent(maxUnavailable, unavailableAt)
  checkIntOrPercent(maxSurge, surgeAt)
  const tooMuch = 'must not be greater than 100%'
  for (const [value, here] of [[maxUnavailable, unavailableAt] as const, [maxSurge, surgeAt] as const]) {
    if (isPercent(value) && amountOf(value) > 100) here.invalid(value, tooMuch)
  }
  const hasUnavailable = amountOf(maxUnavailable) !== 0
  const hasSurge = amountOf(maxSurge) !== 0
  if (hasUnavailable && hasSurge) {
    surgeAt.invalid(maxSurge, 'may not be set when maxUnavailable is non-zero')
  } else if (!hasUnavailable && !hasSurge) {
    unavailableAt.required('cannot be 0 when maxSurge is 0')
  }
}

function checkUpdateStrategy(spec: JsonObject, at: Place): void {
  const strategy = objectIn(spec, 'updateStrategy')
  const type = stringIn(strategy, 'type')
  const rollingUpdate = objectOrNone(strategy, 'rollingUpdate')
  if (type === 'OnDelete') return
  if (type === 'RollingUpdate') {
    if (rollingUpdate) checkRollingUpdate(rollingUpdate, at.child('rollingUpdate'))
    else at.child('rollingUpdate').required()
    return
  }
  const shown = {
    Type: type,
    RollingUpdate: rollingUpdate
      ? { MaxUnavailable: rollingUpdate.maxUnavailable ?? 0, MaxSurge: rollingUpdate.maxSurge ?? 0 }
      : null,
  }
  at.notSupported(shown, ['RollingUpdate', 'OnDelete'])
}

function checkSelector(spec: JsonObject, at: Place): void {
  const selector = objectOrNone(spec, 'selector')
  checkLabelSelector(selector, at.child('selector'))
  checkSelects(spec, at)
  if (
    selector &&
    entriesIn(selector, 'matchLabels').length + objectsIn(selector, 'matchExpressions').length === 0
  ) {
    at.child('selector').invalid(selector, 'empty selector is invalid for daemonset')
  }
}

function checkSpec(spec: JsonObject, at: Place): void {
  const template = objectIn(spec, 'template')
  const podSpec = objectIn(template, 'spec')
  const podSpecAt = at.child('template').child('spec')
  checkSelector(spec, at)
  checkTemplate(template, at.child('template'))
  podSpecAt.child('restartPolicy').oneOf(stringIn(podSpec, 'restartPolicy'), ['Always'])
  if (numberOrNone(podSpec, 'activeDeadlineSeconds') !== undefined) {
    const rule = 'activeDeadlineSeconds in DaemonSet is not Supported'
    podSpecAt.child('activeDeadlineSeconds').forbidden(rule)
  }
  at.child('minReadySeconds').nonnegative(numberIn(spec, 'minReadySeconds'))
  checkUpdateStrategy(spec, at.child('updateStrategy'))
  at.child('revisionHistoryLimit').nonnegative(numberIn(spec, 'revisionHistoryLimit'))
}

/**
 * Every rule of the API server that a new DaemonSet breaks, in the server's order.
 *
 * @param daemonSet decoded and defaulted, as `defaultDaemonSet` answers it; an absent namespace counts as `default`
 */
export function validateDaemonSet(daemonSet: JsonObject): FieldError[] {
  const found = new Findings()
  checkObjectMeta(objectIn(daemonSet, 'metadata'), true, found.at('metadata'))
  checkSpec(objectIn(daemonSet, 'spec'), found.at('spec'))
  return found.errors
}

/**
 * Every rule that an update breaks: those of a new DaemonSet, and what may not change. Both must be decoded and defaulted; the
 * server fills in what a client leaves out of `next.metadata` (uid, creationTimestamp, …) before it checks.
 */
export function validateDaemonSetUpdate(next: JsonObject, old: JsonObject): FieldError[] {
  const found = new Findings()
  checkObjectMetaUpdate(objectIn(next, 'metadata'), objectIn(old, 'metadata'), found.at('metadata'))
  const spec = objectIn(next, 'spec')
  const at = found.at('spec')
  const selector = spec.selector ?? null
  if (goMapJson(selector) !== goMapJson(objectIn(old, 'spec').selector ?? null)) {
    at.child('selector').invalid(selector, 'field is immutable')
  }
  checkSpec(spec, at)
  return found.errors
}
