/** Probes and lifecycle hooks. Mirrors validateProbe, validateHandler and validateLifecycle. */
import { headerNameErrors, portNameErrors, portNumberErrors } from './names.ts'
import type { Place } from './place.ts'

type Check = (handler: Place, gracePeriod: number) => void

/** A port by number or by name. */
const checkPort: Check = (handler) => {
  const port = handler.child('port')
  if (port.textOrNone === undefined) port.invalidEach(port.number, portNumberErrors(port.number))
  else port.keeps(portNameErrors)
}

const checkExec: Check = (exec) => {
  if (exec.items('command').length === 0) exec.child('command').required()
}

const checkHttpGet: Check = (http) => {
  http.needs('path')
  checkPort(http, 0)
  http.child('scheme').oneOf(['HTTP', 'HTTPS'])
  const headers = http.child('httpHeaders')
  for (const header of headers.each()) headers.holding(header.child('name').text).keeps(headerNameErrors)
}

const checkSleep: Check = (sleep, gracePeriod) => {
  const seconds = sleep.child('seconds').number
  if (seconds < 0 || seconds > gracePeriod) {
    const rule = `must be non-negative and less than terminationGracePeriodSeconds (${gracePeriod})`
    sleep.invalid(seconds, rule)
  }
}

const common = { exec: checkExec, httpGet: checkHttpGet, tcpSocket: checkPort }
const probeHandlers: Readonly<Record<string, Check>> = { ...common, grpc: checkPort }
const hookHandlers: Readonly<Record<string, Check>> = { ...common, sleep: checkSleep }

/** Exactly one handler: the first is checked, the others are one too many. */
function checkHandler(at: Place, checks: Readonly<Record<string, Check>>, gracePeriod: number): void {
  let found = false
  for (const [kind, check] of Object.entries(checks)) {
    const handler = at.child(kind)
    if (!handler.given) continue
    if (found) handler.forbidden('may not specify more than 1 handler type')
    else check(handler, gracePeriod)
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

/** The three probes of a container that runs on. */
export function checkProbes(container: Place, gracePeriod: number): void {
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    const probe = container.child(name)
    if (!probe.given) continue
    checkHandler(probe, probeHandlers, gracePeriod)
    for (const count of counts) probe.child(count).nonnegative()
    const seconds = probe.child('terminationGracePeriodSeconds')
    if (seconds.numberOrNone !== undefined && seconds.number <= 0) seconds.wrong('must be greater than 0')
    const threshold = probe.child('successThreshold')
    if (name === 'readinessProbe') {
      if (seconds.numberOrNone !== undefined) seconds.wrong('must not be set for readinessProbes')
    } else if (threshold.number !== 1) threshold.invalid(threshold.number, 'must be 1')
  }
}

/** The hooks of a container; a sleep must end within the grace period. */
export function checkLifecycle(container: Place, gracePeriod: number): void {
  for (const name of ['postStart', 'preStop']) {
    const hook = container.child('lifecycle').child(name)
    if (hook.given) checkHandler(hook, hookHandlers, gracePeriod)
  }
}
