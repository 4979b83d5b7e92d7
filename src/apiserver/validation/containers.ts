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
import { checkChoice, checkGiven, checkText } from './choices.ts'
import { checkEnv, checkEnvFrom } from './environment.ts'
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

function checkPorts(container: JsonObject, at: Place): void {
  const names = new Set<string>()
  for (const [port, here] of at.each(objectsIn(container, 'ports'))) {
    const name = stringIn(port, 'name')
    if (name !== '') {
      const wrong = portNameErrors(name)
      here.child('name').invalidEach(name, wrong)
      if (wrong.length === 0 && names.has(name)) here.child('name').duplicate(name)
      if (wrong.length === 0) names.add(name)
    }
    const number = numberIn(port, 'containerPort')
    if (number === 0) here.child('containerPort').required()
    else here.child('containerPort').invalidEach(number, portNumberErrors(number))
    const hostPort = numberIn(port, 'hostPort')
    if (hostPort !== 0) here.child('hostPort').invalidEach(hostPort, portNumberErrors(hostPort))
    checkChoice(port, 'protocol', protocols, here)
  }
}

/** No two ports of these containers may take the same host port. */
function checkHostPorts(containers: readonly JsonObject[], at: Place): void {
  const taken = new Set<string>()
  for (const [index, container] of containers.entries()) {
    for (const [portIndex, port] of objectsIn(container, 'ports').entries()) {
      const number = numberIn(port, 'hostPort')
      if (number === 0) continue
      const key = `${stringIn(port, 'protocol')}/${stringIn(port, 'hostIP')}/${number}`
      const here = at.index(index).child('ports').index(portIndex).child('hostPort')
      if (taken.has(key)) here.duplicate(key)
      taken.add(key)
    }
  }
}

const resizeResources = ['cpu', 'memory']
const resizePolicies = ['NotRequired', 'RestartContainer']

function checkResizePolicy(container: JsonObject, podPolicy: string, at: Place): void {
  const seen = new Set<string>()
  for (const [policy, here] of at.each(objectsIn(container, 'resizePolicy'))) {
    const resource = stringIn(policy, 'resourceName')
    const restart = stringIn(policy, 'restartPolicy')
    if (seen.has(resource)) here.duplicate(resource)
    seen.add(resource)
    if (resource === '') at.required()
    else at.oneOf(resource, resizeResources)
    if (restart === '') at.required()
    else at.oneOf(restart, resizePolicies)
    if (podPolicy === 'Never' && restart !== 'NotRequired') {
      at.invalid(restart, "must be 'NotRequired' when `restartPolicy` is 'Never'")
    }
  }
}

const pullPolicies = ['Always', 'IfNotPresent', 'Never']
const messagePolicies = ['File', 'FallbackToLogsOnError']

/** What is asked of every container (validateContainerCommon). */
function checkCommon(container: JsonObject, pod: PodContext, at: Place): void {
  checkText(container, 'name', dns1123LabelErrors, at)
  checkGiven(container, ['image'], at)
  checkChoice(container, 'terminationMessagePolicy', messagePolicies, at)
  checkPorts(container, at.child('ports'))
  checkEnv(objectsIn(container, 'env'), at.child('env'))
  checkEnvFrom(objectsIn(container, 'envFrom'), at.child('envFrom'))
  checkMountsAndDevices(container, pod.volumes, at)
  checkChoice(container, 'imagePullPolicy', pullPolicies, at)
  checkContainerResources(objectIn(container, 'resources'), pod.claimNames, at.child('resources'))
  checkResizePolicy(container, pod.restartPolicy, at.child('resizePolicy'))
  checkSecurityContext(container, pod.hostUsers, at.child('securityContext'))
}

const restartPolicies = ['Always', 'Never', 'OnFailure']
const restartActions = ['Restart', 'RestartAllContainers']

function checkRestartRule(rule: JsonObject, at: Place): void {
  const action = stringIn(rule, 'action')
  at.child('action').oneOf(action, restartActions)
  const exitCodes = objectOrNone(rule, 'exitCodes')
  const here = at.child('exitCodes')
  if (!exitCodes) {
    here.required('must be specified')
    return
  }
  here.child('operator').oneOf(stringIn(exitCodes, 'operator'), ['In', 'NotIn'])
  const values = listIn(exitCodes, 'values')
  if (values.length > 255) here.child('values').tooMany(values.length, 255)
}

/** A restart policy of its own, which containers have since 1.34 (ContainerRestartRules). */
function checkRestartPolicy(container: JsonObject, at: Place): void {
  const policy = stringOrNone(container, 'restartPolicy')
  const rules = objectsIn(container, 'restartPolicyRules')
  const here = at.child('restartPolicy')
  if (policy === undefined) {
    if (rules.length > 0) here.required('must specify restartPolicy when restart rules are used')
  } else here.oneOf(policy, restartPolicies)
  const rulesAt = at.child('restartPolicyRules')
  if (rules.length > 20) rulesAt.tooMany(rules.length, 20)
  for (const [rule, here] of rulesAt.each(rules)) checkRestartRule(rule, here)
}

/** The regular containers; their names are unique among themselves, and so are their host ports. */
export function checkContainers(spec: JsonObject, pod: PodContext, at: Place): void {
  const containers = objectsIn(spec, 'containers')
  if (containers.length === 0) {
    at.required()
    return
  }
  const names = new Set<string>()
  for (const [container, here] of at.each(containers)) {
    checkCommon(container, pod, here)
    const name = stringIn(container, 'name')
    if (names.has(name)) here.child('name').duplicate(name)
    names.add(name)
    checkLifecycle(container, pod.gracePeriod, here)
    checkProbes(container, pod.gracePeriod, here)
    checkRestartPolicy(container, here)
  }
  checkHostPorts(containers, at)
}

const onlyForSidecars = ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe']

/** The init containers; one that restarts always is a sidecar, and may have what only regular ones have. */
export function checkInitContainers(spec: JsonObject, pod: PodContext, at: Place): void {
  const names = new Set(objectsIn(spec, 'containers').map((container) => stringIn(container, 'name')))
  for (const [container, here] of at.each(objectsIn(spec, 'initContainers'))) {
    checkCommon(container, pod, here)
    checkRestartPolicy(container, here)
    const name = stringIn(container, 'name')
    if (names.has(name)) here.child('name').duplicate(name)
    else if (name !== '') names.add(name)
    // One container at a time, and at index 0, as upstream: init containers run one by one.
    checkHostPorts([container], at)
    if (stringOrNone(container, 'restartPolicy') === 'Always') {
      checkLifecycle(container, pod.gracePeriod, here)
      checkProbes(container, pod.gracePeriod, here)
      continue
    }
    for (const field of onlyForSidecars) {
      const rule = 'may not be set for init containers without restartPolicy=Always'
      if (container[field] !== undefined) here.child(field).forbidden(rule)
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

function checkEphemeralFields(container: JsonObject, at: Place): void {
  const rule = 'cannot be set for an Ephemeral Container'
  for (const field of notForEphemeral) {
    if (container[field] !== undefined) at.child(field).forbidden(rule)
  }
  if (Object.keys(objectIn(container, 'resources')).length > 0) at.child('resources').forbidden(rule)
  for (const [mount, here] of at.items(container, 'volumeMounts'))
    for (const field of ['subPath', 'subPathExpr'])
      if (stringIn(mount, field) !== '') here.child(field).forbidden(rule)
}

/** Ephemeral containers, which a template may not have: the template's own check says so. */
export function checkEphemeralContainers(spec: JsonObject, pod: PodContext, at: Place): void {
  const others = [...objectsIn(spec, 'containers'), ...objectsIn(spec, 'initContainers')]
  const regular = new Set(others.map((container) => stringIn(container, 'name')))
  const names = new Set(regular)
  for (const [container, here] of at.each(objectsIn(spec, 'ephemeralContainers'))) {
    checkCommon(container, pod, here)
    const image = stringIn(container, 'image')
    if (image.trim() !== image) {
      here.child('image').invalid(image, 'must not have leading or trailing whitespace')
    }
    const name = stringIn(container, 'name')
    if (names.has(name)) here.child('name').duplicate(name)
    names.add(name)
    const target = stringIn(container, 'targetContainerName')
    if (target !== '' && !regular.has(target)) here.child('targetContainerName').notFound(target)
    checkEphemeralFields(container, here)
  }
}

/** On the host network, a host port is the container's port (validatePodHostNetworkDeps). */
export function checkHostNetworkPorts(spec: JsonObject, at: Place): void {
  if (spec.hostNetwork !== true) return
  for (const [index, container] of objectsIn(spec, 'containers').entries()) {
    for (const [portIndex, port] of objectsIn(container, 'ports').entries()) {
      const hostPort = numberOrNone(port, 'hostPort')
      if (hostPort !== undefined && hostPort !== 0 && hostPort !== numberIn(port, 'containerPort')) {
        const here = at.child('containers').index(index).child('ports').index(portIndex).child('hostPort')
        here.invalid(hostPort, 'must match `containerPort` when `hostNetwork` is true')
      }
    }
  }
}
