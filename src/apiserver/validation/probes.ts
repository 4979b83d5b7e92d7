/** Probes and lifecycle hooks. Mirrors validateProbe, validateHandler and validateLifecycle. */
import { numberIn, numberOrNone, objectOrNone, objectsIn, stringIn, stringsIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import type { FieldErrors } from './field-errors.ts'
import { headerNameErrors, portNameErrors, portNumberErrors } from './names.ts'
import type { Place } from './place.ts'

type Check = (handler: JsonObject, at: Place, errors: FieldErrors, gracePeriod: number) => void

/** A port by number or by name. */
function checkPort(handler: JsonObject, at: Place, errors: FieldErrors): void {
  const port = handler.port
  if (typeof port === 'string') errors.invalidEach(at.child('port'), port, portNameErrors(port))
  else {
    const number = numberIn(handler, 'port')
    errors.invalidEach(at.child('port'), number, portNumberErrors(number))
  }
}

const checkExec: Check = (exec, at, errors) => {
  if (stringsIn(exec, 'command').length === 0) errors.required(at.child('command'))
}

const checkHttpGet: Check = (http, at, errors) => {
  if (stringIn(http, 'path') === '') errors.required(at.child('path'))
  checkPort(http, at, errors)
  const scheme = stringIn(http, 'scheme')
  if (scheme !== 'HTTP' && scheme !== 'HTTPS') {
    errors.notSupported(at.child('scheme'), scheme, ['HTTP', 'HTTPS'])
  }
  for (const header of objectsIn(http, 'httpHeaders')) {
    const name = stringIn(header, 'name')
    errors.invalidEach(at.child('httpHeaders'), name, headerNameErrors(name))
  }
}

const checkSleep: Check = (sleep, at, errors, gracePeriod) => {
  const seconds = numberIn(sleep, 'seconds')
  if (seconds < 0 || seconds > gracePeriod) {
    const rule = `must be non-negative and less than terminationGracePeriodSeconds (${gracePeriod})`
    errors.invalid(at, seconds, rule)
  }
}

const probeHandlers: Readonly<Record<string, Check>> = {
  exec: checkExec,
  httpGet: checkHttpGet,
  tcpSocket: checkPort,
  grpc: checkPort,
}
const hookHandlers: Readonly<Record<string, Check>> = {
  exec: checkExec,
  httpGet: checkHttpGet,
  tcpSocket: checkPort,
  sleep: checkSleep,
}

/** Exactly one handler: the first is checked, the others are one too many. */
function checkHandler(
  holder: JsonObject,
  checks: Readonly<Record<string, Check>>,
  gracePeriod: number,
  at: Place,
  errors: FieldErrors,
): void {
  let found = false
  for (const [kind, check] of Object.entries(checks)) {
    const handler = objectOrNone(holder, kind)
    if (!handler) continue
    if (found) errors.forbidden(at.child(kind), 'may not specify more than 1 handler type')
    else check(handler, at.child(kind), errors, gracePeriod)
    found = true
  }
  if (!found) errors.required(at, 'must specify a handler type')
}

const counts = [
  'initialDelaySeconds',
  'timeoutSeconds',
  'periodSeconds',
  'successThreshold',
  'failureThreshold',
]

function checkProbe(probe: JsonObject, gracePeriod: number, at: Place, errors: FieldErrors): void {
  checkHandler(probe, probeHandlers, gracePeriod, at, errors)
  for (const name of counts) errors.nonnegative(at.child(name), numberIn(probe, name))
  const seconds = numberOrNone(probe, 'terminationGracePeriodSeconds')
  if (seconds !== undefined && seconds <= 0) {
    errors.invalid(at.child('terminationGracePeriodSeconds'), seconds, 'must be greater than 0')
  }
}

/** The three probes of a container that runs on. */
export function checkProbes(
  container: JsonObject,
  gracePeriod: number,
  at: Place,
  errors: FieldErrors,
): void {
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    const probe = objectOrNone(container, name)
    if (!probe) continue
    const here = at.child(name)
    checkProbe(probe, gracePeriod, here, errors)
    if (name === 'readinessProbe') {
      const seconds = numberOrNone(probe, 'terminationGracePeriodSeconds')
      const rule = 'must not be set for readinessProbes'
      if (seconds !== undefined) errors.invalid(here.child('terminationGracePeriodSeconds'), seconds, rule)
    } else {
      const threshold = numberIn(probe, 'successThreshold')
      if (threshold !== 1) errors.invalid(here.child('successThreshold'), threshold, 'must be 1')
    }
  }
}

/** The hooks of a container; a sleep must end within the grace period. */
export function checkLifecycle(
  container: JsonObject,
  gracePeriod: number,
  at: Place,
  errors: FieldErrors,
): void {
  const lifecycle = objectOrNone(container, 'lifecycle')
  if (!lifecycle) return
  for (const name of ['postStart', 'preStop']) {
    const hook = objectOrNone(lifecycle, name)
    if (hook) checkHandler(hook, hookHandlers, gracePeriod, at.child('lifecycle').child(name), errors)
  }
}
