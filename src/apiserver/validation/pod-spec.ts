/** The spec of a pod or a pod template. Mirrors ValidatePodSpec of pkg/apis/core/validation, in its order. */
import { dns1123LabelErrors, dns1123SubdomainErrors, qualifiedNameErrors, utf8Length } from '#kube/labels.ts'
import {
  boolIn,
  boolOrNone,
  numberOrNone,
  objectOrNone,
  objectsIn,
  stringIn,
  stringOrNone,
  stringsIn,
} from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { allContainers } from './all-containers.ts'
import { checkChoice } from './choices.ts'
import {
  checkContainers,
  checkEphemeralContainers,
  checkHostNetworkPorts,
  checkInitContainers,
  type PodContext,
} from './containers.ts'
import { checkEnvVolumes } from './environment.ts'
import type { FieldErrors } from './field-errors.ts'
import { checkLabels } from './labels.ts'
import { ipErrors, rangeErrors, searchDomainErrors } from './names.ts'
import type { Place } from './place.ts'
import { checkPodLevelResources } from './pod-resources.ts'
import { checkContainerResources } from './resources.ts'
import {
  checkNodeAffinity,
  checkPodAffinity,
  checkTopologySpread,
  validateTolerations,
} from './scheduling.ts'
import { checkPodSecurityContext } from './security.ts'
import { checkVolumes } from './volumes.ts'
import { checkHostProcess, checkOS } from './windows.ts'

function checkResourceClaims(spec: JsonObject, at: Place, errors: FieldErrors): void {
  const names = new Set<string>()
  for (const [index, claim] of objectsIn(spec, 'resourceClaims').entries()) {
    const here = at.index(index)
    const name = stringIn(claim, 'name')
    if (name === '') errors.required(here.child('name'))
    else if (names.has(name)) errors.duplicate(here.child('name'), name)
    else errors.invalidEach(here.child('name'), name, dns1123LabelErrors(name))
    names.add(name)
    const sources = ['resourceClaimName', 'resourceClaimTemplateName']
    const given = sources.filter((source) => stringOrNone(claim, source) !== undefined)
    const both = sources.map((source) => `\`${source}\``)
    if (given.length > 1) errors.invalid(here, claim, `at most one of ${both.join(' or ')} may be specified`)
    if (given.length === 0) errors.invalid(here, claim, `must specify one of: ${both.join(', ')}`)
    for (const source of given) {
      const reference = stringIn(claim, source)
      errors.invalidEach(here.child(source), reference, dns1123SubdomainErrors(reference))
    }
  }
}

function checkNameservers(config: JsonObject, at: Place, errors: FieldErrors): void {
  const nameservers = stringsIn(config, 'nameservers')
  if (nameservers.length > 3) errors.invalid(at, nameservers, 'must not have more than 3 nameservers')
  for (const [index, address] of nameservers.entries()) {
    errors.invalidEach(at.index(index), address, ipErrors(address))
  }
}

function checkSearches(config: JsonObject, at: Place, errors: FieldErrors): void {
  const searches = stringsIn(config, 'searches')
  if (searches.length > 32) errors.invalid(at, searches, 'must not have more than 32 search paths')
  if (utf8Length(searches.join(' ')) > 2048) {
    const rule = 'must not have more than 2048 characters (including spaces) in the search list'
    errors.invalid(at, searches, rule)
  }
  for (const [index, search] of searches.entries()) {
    const domain = search.replace(/\.$/, '')
    if (search !== '.') errors.invalidEach(at.index(index), domain, searchDomainErrors(domain))
  }
}

function checkDNSConfig(spec: JsonObject, at: Place, errors: FieldErrors): void {
  const config = objectOrNone(spec, 'dnsConfig')
  if (stringIn(spec, 'dnsPolicy') === 'None') {
    if (!config) {
      errors.required(at, 'must provide `dnsConfig` when `dnsPolicy` is None')
      return
    }
    if (stringsIn(config, 'nameservers').length === 0) {
      const rule = 'must provide at least one DNS nameserver when `dnsPolicy` is None'
      errors.required(at.child('nameservers'), rule)
      return
    }
  }
  if (!config) return
  checkNameservers(config, at.child('nameservers'), errors)
  checkSearches(config, at.child('searches'), errors)
  for (const [index, option] of objectsIn(config, 'options').entries()) {
    if (stringIn(option, 'name') === '')
      errors.required(at.child('options').index(index), 'must not be empty')
  }
}

function checkGates(spec: JsonObject, at: Place, errors: FieldErrors): void {
  for (const [index, gate] of objectsIn(spec, 'readinessGates').entries()) {
    const type = stringIn(gate, 'conditionType')
    const here = at.child('readinessGates').index(index).child('conditionType')
    errors.invalidEach(here, type, qualifiedNameErrors(type))
  }
  const seen = new Set<string>()
  for (const [index, gate] of objectsIn(spec, 'schedulingGates').entries()) {
    const name = stringIn(gate, 'name')
    const here = at.child('schedulingGates').index(index)
    errors.invalidEach(here, name, qualifiedNameErrors(name))
    if (seen.has(name)) errors.duplicate(here, name)
    seen.add(name)
  }
}

/** A pod with a user namespace of its own shares no other with the host, and has no block devices (validateHostUsers). */
function checkHostUsers(spec: JsonObject, at: Place, errors: FieldErrors): void {
  if (boolOrNone(spec, 'hostUsers') !== false) return
  const rule = 'when `hostUsers` is false'
  if (boolIn(spec, 'hostNetwork')) errors.forbidden(at.child('hostNetwork'), rule)
  // Upstream names these two as Go does.
  if (boolIn(spec, 'hostPID')) errors.forbidden(at.child('HostPID', ['hostPID']), rule)
  if (boolIn(spec, 'hostIPC')) errors.forbidden(at.child('HostIPC', ['hostIPC']), rule)
  for (const { container, place } of allContainers(spec, at)) {
    if (objectsIn(container, 'volumeDevices').length > 0) errors.forbidden(place.child('volumeDevices'), rule)
  }
}

const subdomainNames = ['serviceAccountName', 'nodeName']

function checkNames(spec: JsonObject, at: Place, errors: FieldErrors): void {
  for (const name of subdomainNames) {
    const value = stringIn(spec, name)
    if (value !== '') errors.invalidEach(at.child(name), value, dns1123SubdomainErrors(value))
  }
  const deadline = numberOrNone(spec, 'activeDeadlineSeconds')
  if (deadline !== undefined) {
    errors.invalidEach(at.child('activeDeadlineSeconds'), deadline, rangeErrors(deadline, 1, 2 ** 31 - 1))
  }
  for (const name of ['hostname', 'subdomain']) {
    const value = stringIn(spec, name)
    if (value !== '') errors.invalidEach(at.child(name), value, dns1123LabelErrors(value))
  }
}

/** A name for the pod's own eyes, since 1.35 (validateHostnameOverride). */
function checkHostnameOverride(spec: JsonObject, at: Place, errors: FieldErrors): void {
  const hostname = stringOrNone(spec, 'hostnameOverride')
  if (hostname === undefined) return
  const here = at.child('hostnameOverride')
  errors.invalidEach(here, hostname, dns1123SubdomainErrors(hostname))
  if (utf8Length(hostname) > 64) errors.tooLong(here, 64)
  if (boolIn(spec, 'hostNetwork')) {
    errors.forbidden(here, 'may not be specified when `hostNetwork` is true')
  }
  if (boolOrNone(spec, 'setHostnameAsFQDN')) {
    errors.forbidden(here, 'may not be specified when `setHostnameAsFQDN` is true')
  }
}

function checkHostAliases(spec: JsonObject, at: Place, errors: FieldErrors): void {
  for (const [index, alias] of objectsIn(spec, 'hostAliases').entries()) {
    const here = at.index(index)
    const address = stringIn(alias, 'ip')
    errors.invalidEach(here.child('ip'), address, ipErrors(address))
    for (const [hostIndex, hostname] of stringsIn(alias, 'hostnames').entries()) {
      errors.invalidEach(here.child('hostnames').index(hostIndex), hostname, dns1123SubdomainErrors(hostname))
    }
  }
}

function checkAffinity(spec: JsonObject, at: Place, errors: FieldErrors): void {
  const affinity = objectOrNone(spec, 'affinity')
  if (!affinity) return
  const node = objectOrNone(affinity, 'nodeAffinity')
  if (node) checkNodeAffinity(node, at.child('nodeAffinity'), errors)
  for (const kind of ['podAffinity', 'podAntiAffinity']) {
    const terms = objectOrNone(affinity, kind)
    if (terms) checkPodAffinity(terms, at.child(kind), errors)
  }
}

function checkScheduling(spec: JsonObject, at: Place, errors: FieldErrors): void {
  validateTolerations(objectsIn(spec, 'tolerations'), at.child('tolerations'), errors)
  checkHostAliases(spec, at.child('hostAliases'), errors)
  const priorityClass = stringIn(spec, 'priorityClassName')
  if (priorityClass !== '') {
    errors.invalidEach(at.child('priorityClassName'), priorityClass, dns1123SubdomainErrors(priorityClass))
  }
  const runtimeClass = stringOrNone(spec, 'runtimeClassName')
  if (runtimeClass !== undefined) {
    errors.invalidEach(at.child('runtimeClassName'), runtimeClass, dns1123SubdomainErrors(runtimeClass))
  }
  if (stringOrNone(spec, 'preemptionPolicy') !== undefined) {
    checkChoice(spec, 'preemptionPolicy', ['PreemptLowerPriority', 'Never'], at, errors)
  }
  const overhead = objectOrNone(spec, 'overhead')
  if (overhead) checkContainerResources({ limits: overhead }, new Set(), at.child('overhead'), errors)
}

function contextOf(spec: JsonObject, volumes: ReadonlyMap<string, JsonObject>): PodContext {
  const claims = objectsIn(spec, 'resourceClaims').map((claim) => stringIn(claim, 'name'))
  return {
    volumes,
    claimNames: new Set(claims.filter((name) => name !== '')),
    gracePeriod: numberOrNone(spec, 'terminationGracePeriodSeconds') ?? 0,
    restartPolicy: stringIn(spec, 'restartPolicy'),
    hostUsers: boolOrNone(spec, 'hostUsers') !== false,
  }
}

const dnsPolicies = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None']

/**
 * The spec of a pod template. It must be decoded and defaulted.
 *
 * @param at its place, such as `spec.template.spec`
 */
export function checkPodSpec(spec: JsonObject, at: Place, errors: FieldErrors): void {
  const volumes = checkVolumes(objectsIn(spec, 'volumes'), at.child('volumes'), errors)
  const context = contextOf(spec, volumes)
  checkResourceClaims(spec, at.child('resourceClaims'), errors)
  checkContainers(spec, context, at.child('containers'), errors)
  checkInitContainers(spec, context, at.child('initContainers'), errors)
  checkEphemeralContainers(spec, context, at.child('ephemeralContainers'), errors)
  checkEnvVolumes(spec, at, errors)
  checkPodLevelResources(spec, at.child('resources'), errors)
  checkHostNetworkPorts(spec, at, errors)
  checkChoice(spec, 'restartPolicy', ['Always', 'OnFailure', 'Never'], at, errors)
  checkChoice(spec, 'dnsPolicy', dnsPolicies, at, errors)
  checkLabels(spec, 'nodeSelector', at.child('nodeSelector'), errors)
  checkPodSecurityContext(spec, at.child('securityContext'), errors)
  checkAffinity(spec, at.child('affinity'), errors)
  checkDNSConfig(spec, at.child('dnsConfig'), errors)
  checkGates(spec, at, errors)
  const constraints = objectsIn(spec, 'topologySpreadConstraints')
  checkTopologySpread(constraints, at.child('topologySpreadConstraints'), errors)
  checkHostProcess(spec, at, errors)
  checkHostUsers(spec, at, errors)
  checkNames(spec, at, errors)
  checkHostnameOverride(spec, at, errors)
  checkScheduling(spec, at, errors)
  checkOS(spec, at, errors)
}
