/** Probes and lifecycle hooks. Mirrors validateProbe, validateHandler and validateLifecycle. */
import { numberIn, numberOrNone, objectOrNone, objectsIn, stringIn, stringsIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { headerNameErrors, portNameErrors, portNumberErrors } from './names.ts'
import type { Place } from './place.ts'

type Check = (handler: JsonObject, at: Place, gracePeriod: number) => void

/** A port by number or by name. */
function checkPort(handler: JsonObject, at: Place): void {
  const port = handler.port
  if (typeof port === 'string') at.child('port').invalidEach(port, portNameErrors(port))
  else {
    const number = numberIn(handler, 'port')
    at.child('port').invalidEach(number, portNumberErrors(number))
  }
}

const checkExec: Check = (exec, at) => {
  if (stringsIn(exec, 'command').length === 0) at.child('command').required()
}

const checkHttpGet: Check = (http, at) => {
  if (stringIn(http, 'path') === '') at.child('path').required()
  checkPort(http, at)
  at.child('scheme').oneOf(stringIn(http, 'scheme'), ['HTTP', 'HTTPS'])
  for (const header of objectsIn(http, 'httpHeaders')) {
    const name = stringIn(header, 'name')
    at.child('httpHeaders').invalidEach(name, headerNameErrors(name))
  }
}

const checkSleep: Check = (sleep, at, gracePeriod) => {
  const seconds = numberIn(sleep, 'seconds')
  if (seconds < 0 || seconds > gracePeriod) {
    const rule = `must be non-negative and less than terminationGracePeriodSeconds (${gracePeriod})`
    at.invalid(seconds, rule)
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
): void {
  let found = false
  for (const [kind, check] of Object.entries(checks)) {
    const handler = objectOrNone(holder, kind)
    if (!handler) continue
    if (found) at.child(kind).forbidden('may not specify more than 1 handler type')
    else check(handler, at.child(kind), gracePeriod)
    found = true
  }
  if (!found) at.required('must specify a handler type')
}

const counts = [
  'initialDelaySeconds',
  'timeoutSeconds',
  'periodSeconds',
  'successThreshold',
  'failureThreshold',
]

function checkProbe(probe: JsonObject, gracePeriod: number, at: Place): void {
  checkHandler(probe, probeHandlers, gracePeriod, at)
  for (const name of counts) at.child(name).nonnegative(numberIn(probe, name))
  const seconds = numberOrNone(probe, 'terminationGracePeriodSeconds')
  if (seconds !== undefined && seconds <= 0) {
    at.child('terminationGracePeriodSeconds').invalid(seconds, 'must be greater than 0')
  }
}

/** The three probes of a container that runs on. */
export function checkProbes(container: JsonObject, gracePeriod: number, at: Place): void {
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    const probe = objectOrNone(container, name)
    if (!probe) continue
    const here = at.child(name)
    checkProbe(probe, gracePeriod, here)
    if (name === 'readinessProbe') {
      const seconds = numberOrNone(probe, 'terminationGracePeriodSeconds')
      const rule = 'must not be set for readinessProbes'
      if (seconds !== undefined) here.child('terminationGracePeriodSeconds').invalid(seconds, rule)
    } else {
      const threshold = numberIn(probe, 'successThreshold')
      if (threshold !== 1) here.child('successThreshold').invalid(threshold, 'must be 1')
    }
  }
}

/** The hooks of a container; a sleep must end within the grace period. */
export function checkLifecycle(container: JsonObject, gracePeriod: number, at: Place): void {
  const lifecycle = objectOrNone(container, 'lifecycle')
  if (!lifecycle) return
  for (const name of ['postStart', 'preStop']) {
    const hook = objectOrNone(lifecycle, name)
    if (hook) checkHandler(hook, hookHandlers, gracePeriod, at.child('lifecycle').child(name))
  }
}
