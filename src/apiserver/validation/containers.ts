/** Containers of all three kinds. Mirrors validateContainers, validateInitContainers and validateEphemeralContainers. */
import { dns1123LabelErrors } from '#kube/labels.ts'
import {
  listIn,
  numberIn,
  numberOrNone,
  objectIn,
  objectOrNone,
  objectsIn,
  stringIn,
  stringOrNone,
} from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { checkChoice } from './choices.ts'
import { checkEnv, checkEnvFrom } from './environment.ts'
import type { FieldErrors } from './field-errors.ts'
import { checkMountsAndDevices } from './mounts.ts'
import { portNameErrors, portNumberErrors } from './names.ts'
import type { Place } from './place.ts'
import { checkLifecycle, checkProbes } from './probes.ts'
import { checkContainerResources } from './resources.ts'
import { checkSecurityContext } from './security.ts'

/** What the containers of a pod are checked against. */
export interface PodContext {
  readonly volumes: ReadonlyMap<string, JsonObject>
  readonly claimNames: ReadonlySet<string>
  readonly gracePeriod: number
  readonly restartPolicy: string
  readonly hostUsers: boolean
}

const protocols = ['SCTP', 'TCP', 'UDP']

function checkPorts(container: JsonObject, at: Place, errors: FieldErrors): void {
  const names = new Set<string>()
  for (const [index, port] of objectsIn(container, 'ports').entries()) {
    const here = at.index(index)
    const name = stringIn(port, 'name')
    if (name !== '') {
      const wrong = portNameErrors(name)
      errors.invalidEach(here.child('name'), name, wrong)
      if (wrong.length === 0 && names.has(name)) errors.duplicate(here.child('name'), name)
      if (wrong.length === 0) names.add(name)
    }
    const number = numberIn(port, 'containerPort')
    if (number === 0) errors.required(here.child('containerPort'))
    else errors.invalidEach(here.child('containerPort'), number, portNumberErrors(number))
    const hostPort = numberIn(port, 'hostPort')
    if (hostPort !== 0) errors.invalidEach(here.child('hostPort'), hostPort, portNumberErrors(hostPort))
    checkChoice(port, 'protocol', protocols, here, errors)
  }
}

/** No two ports of these containers may take the same host port. */
function checkHostPorts(containers: readonly JsonObject[], at: Place, errors: FieldErrors): void {
  const taken = new Set<string>()
  for (const [index, container] of containers.entries()) {
    for (const [portIndex, port] of objectsIn(container, 'ports').entries()) {
      const number = numberIn(port, 'hostPort')
      if (number === 0) continue
      const key = `${stringIn(port, 'protocol')}/${stringIn(port, 'hostIP')}/${number}`
      const here = at.index(index).child('ports').index(portIndex).child('hostPort')
      if (taken.has(key)) errors.duplicate(here, key)
      taken.add(key)
    }
  }
}

const resizeResources = ['cpu', 'memory']
const resizePolicies = ['NotRequired', 'RestartContainer']

function checkResizePolicy(container: JsonObject, podPolicy: string, at: Place, errors: FieldErrors): void {
  const seen = new Set<string>()
  for (const [index, policy] of objectsIn(container, 'resizePolicy').entries()) {
    const resource = stringIn(policy, 'resourceName')
    const restart = stringIn(policy, 'restartPolicy')
    if (seen.has(resource)) errors.duplicate(at.index(index), resource)
    seen.add(resource)
    if (resource === '') errors.required(at)
    else if (!resizeResources.includes(resource)) errors.notSupported(at, resource, resizeResources)
    if (restart === '') errors.required(at)
    else if (!resizePolicies.includes(restart)) errors.notSupported(at, restart, resizePolicies)
    if (podPolicy === 'Never' && restart !== 'NotRequired') {
      errors.invalid(at, restart, "must be 'NotRequired' when `restartPolicy` is 'Never'")
    }
  }
}

const pullPolicies = ['Always', 'IfNotPresent', 'Never']
const messagePolicies = ['File', 'FallbackToLogsOnError']

/** What is asked of every container (validateContainerCommon). */
function checkCommon(container: JsonObject, pod: PodContext, at: Place, errors: FieldErrors): void {
  const name = stringIn(container, 'name')
  if (name === '') errors.required(at.child('name'))
  else errors.invalidEach(at.child('name'), name, dns1123LabelErrors(name))
  if (stringIn(container, 'image') === '') errors.required(at.child('image'))
  checkChoice(container, 'terminationMessagePolicy', messagePolicies, at, errors)
  checkPorts(container, at.child('ports'), errors)
  checkEnv(objectsIn(container, 'env'), at.child('env'), errors)
  checkEnvFrom(objectsIn(container, 'envFrom'), at.child('envFrom'), errors)
  checkMountsAndDevices(container, pod.volumes, at, errors)
  checkChoice(container, 'imagePullPolicy', pullPolicies, at, errors)
  checkContainerResources(objectIn(container, 'resources'), pod.claimNames, at.child('resources'), errors)
  checkResizePolicy(container, pod.restartPolicy, at.child('resizePolicy'), errors)
  checkSecurityContext(container, pod.hostUsers, at.child('securityContext'), errors)
}

const restartPolicies = ['Always', 'Never', 'OnFailure']
const restartActions = ['Restart', 'RestartAllContainers']

function checkRestartRule(rule: JsonObject, at: Place, errors: FieldErrors): void {
  const action = stringIn(rule, 'action')
  if (!restartActions.includes(action)) errors.notSupported(at.child('action'), action, restartActions)
  const exitCodes = objectOrNone(rule, 'exitCodes')
  const here = at.child('exitCodes')
  if (!exitCodes) {
    errors.required(here, 'must be specified')
    return
  }
  const operator = stringIn(exitCodes, 'operator')
  if (operator !== 'In' && operator !== 'NotIn') {
    errors.notSupported(here.child('operator'), operator, ['In', 'NotIn'])
  }
  const values = listIn(exitCodes, 'values')
  if (values.length > 255) errors.tooMany(here.child('values'), values.length, 255)
}

/** A restart policy of its own, which containers have since 1.34 (ContainerRestartRules). */
function checkRestartPolicy(container: JsonObject, at: Place, errors: FieldErrors): void {
  const policy = stringOrNone(container, 'restartPolicy')
  const rules = objectsIn(container, 'restartPolicyRules')
  const here = at.child('restartPolicy')
  if (policy === undefined) {
    if (rules.length > 0) errors.required(here, 'must specify restartPolicy when restart rules are used')
  } else if (!restartPolicies.includes(policy)) errors.notSupported(here, policy, restartPolicies)
  const rulesAt = at.child('restartPolicyRules')
  if (rules.length > 20) errors.tooMany(rulesAt, rules.length, 20)
  for (const [index, rule] of rules.entries()) checkRestartRule(rule, rulesAt.index(index), errors)
}

/** The regular containers; their names are unique among themselves, and so are their host ports. */
export function checkContainers(spec: JsonObject, pod: PodContext, at: Place, errors: FieldErrors): void {
  const containers = objectsIn(spec, 'containers')
  if (containers.length === 0) {
    errors.required(at)
    return
  }
  const names = new Set<string>()
  for (const [index, container] of containers.entries()) {
    const here = at.index(index)
    checkCommon(container, pod, here, errors)
    const name = stringIn(container, 'name')
    if (names.has(name)) errors.duplicate(here.child('name'), name)
    names.add(name)
    checkLifecycle(container, pod.gracePeriod, here, errors)
    checkProbes(container, pod.gracePeriod, here, errors)
    checkRestartPolicy(container, here, errors)
  }
  checkHostPorts(containers, at, errors)
}

const onlyForSidecars = ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe']

/** The init containers; one that restarts always is a sidecar, and may have what only regular ones have. */
export function checkInitContainers(spec: JsonObject, pod: PodContext, at: Place, errors: FieldErrors): void {
  const names = new Set(objectsIn(spec, 'containers').map((container) => stringIn(container, 'name')))
  for (const [index, container] of objectsIn(spec, 'initContainers').entries()) {
    const here = at.index(index)
    checkCommon(container, pod, here, errors)
    checkRestartPolicy(container, here, errors)
    const name = stringIn(container, 'name')
    if (names.has(name)) errors.duplicate(here.child('name'), name)
    else if (name !== '') names.add(name)
    // One container at a time, and at index 0, as upstream: init containers run one by one.
    checkHostPorts([container], at, errors)
    if (stringOrNone(container, 'restartPolicy') === 'Always') {
      checkLifecycle(container, pod.gracePeriod, here, errors)
      checkProbes(container, pod.gracePeriod, here, errors)
      continue
    }
    for (const field of onlyForSidecars) {
      const rule = 'may not be set for init containers without restartPolicy=Always'
      if (container[field] !== undefined) errors.forbidden(here.child(field), rule)
    }
  }
}

const notForEphemeral = [
  'ports',
  'resizePolicy',
  'restartPolicy',
  'restartPolicyRules',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
]

function checkEphemeralFields(container: JsonObject, at: Place, errors: FieldErrors): void {
  const rule = 'cannot be set for an Ephemeral Container'
  for (const field of notForEphemeral) {
    if (container[field] !== undefined) errors.forbidden(at.child(field), rule)
  }
  if (Object.keys(objectIn(container, 'resources')).length > 0) errors.forbidden(at.child('resources'), rule)
  for (const [index, mount] of objectsIn(container, 'volumeMounts').entries()) {
    for (const field of ['subPath', 'subPathExpr']) {
      const here = at.child('volumeMounts').index(index).child(field)
      if (stringIn(mount, field) !== '') errors.forbidden(here, rule)
    }
  }
}

/** Ephemeral containers, which a template may not have: the template's own check says so. */
export function checkEphemeralContainers(
  spec: JsonObject,
  pod: PodContext,
  at: Place,
  errors: FieldErrors,
): void {
  const others = [...objectsIn(spec, 'containers'), ...objectsIn(spec, 'initContainers')]
  const regular = new Set(others.map((container) => stringIn(container, 'name')))
  const names = new Set(regular)
  for (const [index, container] of objectsIn(spec, 'ephemeralContainers').entries()) {
    const here = at.index(index)
    checkCommon(container, pod, here, errors)
    const image = stringIn(container, 'image')
    if (image.trim() !== image) {
      errors.invalid(here.child('image'), image, 'must not have leading or trailing whitespace')
    }
    const name = stringIn(container, 'name')
    if (names.has(name)) errors.duplicate(here.child('name'), name)
    names.add(name)
    const target = stringIn(container, 'targetContainerName')
    if (target !== '' && !regular.has(target)) errors.notFound(here.child('targetContainerName'), target)
    checkEphemeralFields(container, here, errors)
  }
}

/** On the host network, a host port is the container's port (validatePodHostNetworkDeps). */
export function checkHostNetworkPorts(spec: JsonObject, at: Place, errors: FieldErrors): void {
  if (spec.hostNetwork !== true) return
  for (const [index, container] of objectsIn(spec, 'containers').entries()) {
    for (const [portIndex, port] of objectsIn(container, 'ports').entries()) {
      const hostPort = numberOrNone(port, 'hostPort')
      if (hostPort !== undefined && hostPort !== 0 && hostPort !== numberIn(port, 'containerPort')) {
        const here = at.child('containers').index(index).child('ports').index(portIndex).child('hostPort')
        errors.invalid(here, hostPort, 'must match `containerPort` when `hostNetwork` is true')
      }
    }
  }
}
