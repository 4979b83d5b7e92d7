/** Containers of all three kinds. Mirrors validateContainers, validateInitContainers and validateEphemeralContainers. */
import { dns1123LabelErrors } from '#kube/labels.ts'
import type { JsonObject } from '#kube/types.ts'
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

function checkPorts(container: Place): void {
  const names = new Set<string>()
  for (const port of container.items('ports')) {
    const name = port.child('name')
    if (name.text !== '' && name.keeps(portNameErrors)) name.unique(names)
    const number = port.child('containerPort')
    if (number.number === 0) number.required()
    else number.invalidEach(number.number, portNumberErrors(number.number))
    const hostPort = port.child('hostPort')
    if (hostPort.number !== 0) hostPort.invalidEach(hostPort.number, portNumberErrors(hostPort.number))
    port.child('protocol').choice(protocols)
  }
}

/** No two ports of these containers may take the same host port. `list`: by whose indexes they are told. */
function checkHostPorts(containers: readonly Place[], list: Place): void {
  const taken = new Set<string>()
  for (const [index, container] of containers.entries())
    for (const [portIndex, port] of container.items('ports').entries()) {
      const { number } = port.child('hostPort')
      if (number === 0) continue
      const key = `${port.child('protocol').text}/${port.child('hostIP').text}/${number}`
      const here = list.index(index).child('ports').index(portIndex).child('hostPort')
      here.holding(key).unique(taken)
    }
}

const resizeResources = ['cpu', 'memory']
const resizePolicies = ['NotRequired', 'RestartContainer']

/** What is wrong is told at the list, but for what stands there twice. */
function checkResizePolicy(at: Place, podPolicy: string): void {
  const seen = new Set<string>()
  for (const policy of at.each()) {
    const resource = policy.child('resourceName').text
    const restart = policy.child('restartPolicy').text
    policy.holding(resource).unique(seen)
    at.holding(resource).choice(resizeResources)
    at.holding(restart).choice(resizePolicies)
    if (podPolicy === 'Never' && restart !== 'NotRequired')
      at.invalid(restart, "must be 'NotRequired' when pod `restartPolicy` is 'Never'")
  }
}

const pullPolicies = ['Always', 'IfNotPresent', 'Never']
const messagePolicies = ['File', 'FallbackToLogsOnError']

/** What is asked of every container (validateContainerCommon). */
function checkCommon(container: Place, pod: PodContext): void {
  container.child('name').keepsText(dns1123LabelErrors)
  container.needs('image')
  container.child('terminationMessagePolicy').choice(messagePolicies)
  checkPorts(container)
  checkEnv(container.child('env'))
  checkEnvFrom(container.child('envFrom'))
  checkMountsAndDevices(container, pod.volumes)
  container.child('imagePullPolicy').choice(pullPolicies)
  checkContainerResources(container.child('resources'), pod.claimNames)
  checkResizePolicy(container.child('resizePolicy'), pod.restartPolicy)
  checkSecurityContext(container.child('securityContext'), pod.hostUsers)
}

const restartPolicies = ['Always', 'Never', 'OnFailure']
const restartActions = ['Restart', 'RestartAllContainers']

function checkRestartRule(rule: Place): void {
  rule.child('action').oneOf(restartActions)
  const exitCodes = rule.child('exitCodes')
  if (!exitCodes.given) {
    exitCodes.required('must be specified')
    return
  }
  exitCodes.child('operator').oneOf(['In', 'NotIn'])
  exitCodes.child('values').atMost(255)
}

const requireRestartPolicy = (container: Place) =>
  container.child('restartPolicy').required('must specify restartPolicy when restart rules are used')

/** A restart policy of its own, which containers have since 1.34 (ContainerRestartRules). */
function checkRestartPolicy(container: Place): void {
  const policy = container.child('restartPolicy')
  const rules = container.child('restartPolicyRules')
  if (policy.textOrNone !== undefined) policy.oneOf(restartPolicies)
  else if (rules.each().length > 0) requireRestartPolicy(container)
  rules.atMost(20)
  for (const rule of rules.each()) checkRestartRule(rule)
}

/** The regular containers; their names are unique among themselves, and so are their host ports. */
export function checkContainers(at: Place, pod: PodContext): void {
  const containers = at.each()
  if (containers.length === 0) {
    at.required()
    return
  }
  const names = new Set<string>()
  for (const container of containers) {
    checkCommon(container, pod)
    container.child('name').unique(names)
    checkLifecycle(container, pod.gracePeriod)
    checkProbes(container, pod.gracePeriod)
    checkRestartPolicy(container)
  }
  checkHostPorts(containers, at)
}

const onlyForSidecars = ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe']

const namesIn = (...lists: readonly Place[]): Set<string> =>
  new Set(lists.flatMap((list) => list.each()).map((container) => container.child('name').text))

/** The init containers; one that restarts always is a sidecar, and may have what only regular ones have. */
export function checkInitContainers(spec: Place, pod: PodContext): void {
  const names = namesIn(spec.child('containers'))
  const list = spec.child('initContainers')
  for (const container of list.each()) {
    checkCommon(container, pod)
    const ownPolicy = container.child('restartPolicy').textOrNone
    // Without a policy, the server does not look at the rules.
    if (ownPolicy !== undefined) checkRestartPolicy(container)
    else if (container.items('restartPolicyRules').length > 0) requireRestartPolicy(container)
    const name = container.child('name')
    if (name.text !== '' || names.has('')) name.unique(names)
    // One container at a time, and at index 0, as upstream: init containers run one by one.
    checkHostPorts([container], list)
    if (ownPolicy === 'Always') {
      checkLifecycle(container, pod.gracePeriod)
      checkProbes(container, pod.gracePeriod)
      continue
    }
    for (const field of onlyForSidecars) {
      const rule = 'may not be set for init containers without restartPolicy=Always'
      if (container.object[field] !== undefined) container.child(field).forbidden(rule)
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

function checkEphemeralFields(container: Place): void {
  const rule = 'cannot be set for an Ephemeral Container'
  for (const field of notForEphemeral)
    if (container.object[field] !== undefined) container.child(field).forbidden(rule)
  const resources = container.child('resources')
  if (Object.keys(resources.object).length > 0) resources.forbidden(rule)
  for (const mount of container.items('volumeMounts'))
    for (const field of ['subPath', 'subPathExpr'])
      if (mount.child(field).text !== '') mount.child(field).forbidden(rule)
}

/** Ephemeral containers, which a template may not have: the template's own check says so. */
export function checkEphemeralContainers(spec: Place, pod: PodContext): void {
  const regular = namesIn(spec.child('containers'), spec.child('initContainers'))
  const names = new Set(regular)
  for (const container of spec.items('ephemeralContainers')) {
    checkCommon(container, pod)
    const image = container.child('image')
    if (image.text.trim() !== image.text) image.wrong('must not have leading or trailing whitespace')
    container.child('name').unique(names)
    const target = container.child('targetContainerName')
    if (target.text !== '' && !regular.has(target.text)) target.notFound()
    checkEphemeralFields(container)
  }
}

/** On the host network, a host port is the container's port (validatePodHostNetworkDeps). */
export function checkHostNetworkPorts(spec: Place): void {
  if (spec.child('hostNetwork').value !== true) return
  for (const port of spec.items('containers').flatMap((container) => container.items('ports'))) {
    const hostPort = port.child('hostPort')
    if (hostPort.number !== 0 && hostPort.number !== port.child('containerPort').number)
      hostPort.wrong('must match `containerPort` when `hostNetwork` is true')
  }
}
