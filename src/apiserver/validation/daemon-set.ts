/** DaemonSets. Mirrors ValidateDaemonSet of pkg/apis/apps/validation and the strategy of pkg/registry/apps/daemonset. */
import { goMapJson } from '#kube/go-text.ts'
import { entriesIn, numberOrNone, objectIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { internalForm } from '../schema/internal-form.ts'
import { checkLabelSelector } from './labels.ts'
import { checkObjectMeta, checkObjectMetaUpdate } from './metadata.ts'
import { percentErrors } from './names.ts'
import { Findings, type Place } from './place.ts'
import { checkSelects, checkTemplate } from './pod-template.ts'
import type { FieldError } from './types.ts'

const isPercent = (amount: Place) => percentErrors(amount.text).length === 0

/** A number, or the number before the percent sign; a text that is neither counts as Go's Atoi takes it. */
function amountOf(amount: Place): number {
  if (isPercent(amount)) return Number(amount.text.slice(0, -1))
  return /^[+-]?\d+$/.test(amount.text) ? Number(amount.text) : amount.number
}

/** A number that is not negative, or a percentage. */
export function checkIntOrPercent(amount: Place): void {
  if (amount.textOrNone === undefined) amount.nonnegative()
  else amount.keeps(percentErrors)
}

export function checkAtMostAll(amount: Place): void {
  if (isPercent(amount) && amountOf(amount) > 100) amount.wrong('must not be greater than 100%')
}

function checkRollingUpdate(rollingUpdate: Place): void {
  const unavailable = rollingUpdate.child('maxUnavailable')
  const surge = rollingUpdate.child('maxSurge')
  for (const amount of [unavailable, surge]) checkIntOrPercent(amount)
  for (const amount of [unavailable, surge]) checkAtMostAll(amount)
  const [hasUnavailable, hasSurge] = [unavailable, surge].map((amount) => amountOf(amount) !== 0)
  if (hasUnavailable && hasSurge) surge.wrong('may not be set when maxUnavailable is non-zero')
  else if (!hasUnavailable && !hasSurge) unavailable.required('cannot be 0 when maxSurge is 0')
}

function checkUpdateStrategy(strategy: Place): void {
  const type = strategy.child('type').text
  const rollingUpdate = strategy.child('rollingUpdate')
  if (type === 'RollingUpdate') {
    if (rollingUpdate.given) checkRollingUpdate(rollingUpdate)
    else rollingUpdate.required()
  } else if (type !== 'OnDelete') {
    const shown = internalForm(strategy.value, 'DaemonSetUpdateStrategy')
    strategy.notSupported(shown, ['RollingUpdate', 'OnDelete'])
  }
}

function checkSelector(spec: Place): void {
  const selector = spec.child('selector')
  checkLabelSelector(selector)
  checkSelects(spec)
  const parts = entriesIn(selector.value, 'matchLabels').length + selector.items('matchExpressions').length
  if (selector.given && parts === 0) selector.wrong('empty selector is invalid for daemonset')
}

function checkSpec(spec: Place): void {
  const template = spec.child('template')
  const deadline = template.child('spec').child('activeDeadlineSeconds')
  checkSelector(spec)
  checkTemplate(template)
  template.child('spec').child('restartPolicy').oneOf(['Always'])
  if (deadline.numberOrNone !== undefined)
    deadline.forbidden('activeDeadlineSeconds in DaemonSet is not Supported')
  spec.child('minReadySeconds').nonnegative()
  checkUpdateStrategy(spec.child('updateStrategy'))
  spec.child('revisionHistoryLimit').nonnegative()
}

/**
 * Every rule of the API server that a new DaemonSet breaks, in the server's order.
 *
 * @param daemonSet decoded and defaulted, as `defaultDaemonSet` answers it; an absent namespace counts as `default`
 */
export function validateDaemonSet(daemonSet: JsonObject): FieldError[] {
  const found = new Findings(daemonSet)
  checkObjectMeta(found.at('metadata'), true)
  checkSpec(found.at('spec'))
  return found.errors
}

const counts = [
  'currentNumberScheduled',
  'numberMisscheduled',
  'desiredNumberScheduled',
  'numberReady',
  'observedGeneration',
  'updatedNumberScheduled',
  'numberAvailable',
  'numberUnavailable',
  'collisionCount',
]

/** Every rule that a new status of a DaemonSet breaks (ValidateDaemonSetStatusUpdate). */
export function validateDaemonSetStatus(next: JsonObject, old: JsonObject): FieldError[] {
  const found = new Findings(next)
  checkObjectMetaUpdate(found.at('metadata'), objectIn(old, 'metadata'))
  const status = found.at('status')
  for (const count of counts) status.child(count).nonnegative()
  const collisions = status.child('collisionCount')
  const before = numberOrNone(objectIn(old, 'status'), 'collisionCount')
  if (before !== undefined && collisions.number < before)
    collisions.invalid(collisions.number, 'cannot be decremented')
  return found.errors
}

/**
 * Every rule that an update breaks: those of a new DaemonSet, and what may not change. Both must be decoded and defaulted; the
 * server fills in what a client leaves out of `next.metadata` (uid, creationTimestamp, …) before it checks.
 */
export function validateDaemonSetUpdate(next: JsonObject, old: JsonObject): FieldError[] {
  const found = new Findings(next)
  checkObjectMetaUpdate(found.at('metadata'), objectIn(old, 'metadata'))
  const selector = found.at('spec').child('selector')
  const value = selector.value ?? null
  if (goMapJson(value) !== goMapJson(objectIn(old, 'spec').selector ?? null))
    selector.invalid(value, 'field is immutable')
  checkSpec(found.at('spec'))
  return found.errors
}
