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
import { checkChoice, checkOptionalText } from './choices.ts'
import {
  checkContainers,
  checkEphemeralContainers,
  checkHostNetworkPorts,
  checkInitContainers,
  type PodContext,
} from './containers.ts'
import { checkEnvVolumes } from './environment.ts'
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

function checkResourceClaims(spec: JsonObject, at: Place): void {
  const names = new Set<string>()
  for (const [claim, here] of at.each(objectsIn(spec, 'resourceClaims'))) {
    const name = stringIn(claim, 'name')
    if (name === '') here.child('name').required()
    else if (names.has(name)) here.child('name').duplicate(name)
    else here.child('name').invalidEach(name, dns1123LabelErrors(name))
    names.add(name)
    const sources = ['resourceClaimName', 'resourceClaimTemplateName']
    const given = sources.filter((source) => stringOrNone(claim, source) !== undefined)
    const both = sources.map((source) => `\`${source}\``)
    if (given.length > 1) here.invalid(claim, `at most one of ${both.join(' or ')} may be specified`)
    if (given.length === 0) here.invalid(claim, `must specify one of: ${both.join(', ')}`)
    for (const source of given) {
      const reference = stringIn(claim, source)
      here.child(source).invalidEach(reference, dns1123SubdomainErrors(reference))
    }
  }
}

function checkNameservers(config: JsonObject, at: Place): void {
  const nameservers = stringsIn(config, 'nameservers')
  if (nameservers.length > 3) at.invalid(nameservers, 'must not have more than 3 nameservers')
  for (const [address, here] of at.each(nameservers)) {
    here.invalidEach(address, ipErrors(address))
  }
}

function checkSearches(config: JsonObject, at: Place): void {
  const searches = stringsIn(config, 'searches')
  if (searches.length > 32) at.invalid(searches, 'must not have more than 32 search paths')
  if (utf8Length(searches.join(' ')) > 2048) {
    const rule = 'must not have more than 2048 characters (including spaces) in the search list'
    at.invalid(searches, rule)
  }
  for (const [search, here] of at.each(searches)) {
    const domain = search.replace(/\.$/, '')
    if (search !== '.') here.invalidEach(domain, searchDomainErrors(domain))
  }
}

function checkDNSConfig(spec: JsonObject, at: Place): void {
  const config = objectOrNone(spec, 'dnsConfig')
  if (stringIn(spec, 'dnsPolicy') === 'None') {
    if (!config) {
      at.required('must provide `dnsConfig` when `dnsPolicy` is None')
      return
    }
    if (stringsIn(config, 'nameservers').length === 0) {
      const rule = 'must provide at least one DNS nameserver when `dnsPolicy` is None'
      at.child('nameservers').required(rule)
      return
    }
  }
  if (!config) return
  checkNameservers(config, at.child('nameservers'))
  checkSearches(config, at.child('searches'))
  for (const [option, here] of at.items(config, 'options')) {
    if (stringIn(option, 'name') === '') here.required('must not be empty')
  }
}

function checkGates(spec: JsonObject, at: Place): void {
  for (const [gate, here] of at.items(spec, 'readinessGates')) {
    const type = stringIn(gate, 'conditionType')
    here.child('conditionType').invalidEach(type, qualifiedNameErrors(type))
  }
  const seen = new Set<string>()
  for (const [gate, here] of at.items(spec, 'schedulingGates')) {
    const name = stringIn(gate, 'name')
    here.invalidEach(name, qualifiedNameErrors(name))
    if (seen.has(name)) here.duplicate(name)
    seen.add(name)
  }
}

/** A pod with a user namespace of its own shares no other with the host, and has no block devices (validateHostUsers). */
function checkHostUsers(spec: JsonObject, at: Place): void {
  if (boolOrNone(spec, 'hostUsers') !== false) return
  const rule = 'when `hostUsers` is false'
  if (boolIn(spec, 'hostNetwork')) at.child('hostNetwork').forbidden(rule)
  // Upstream names these two as Go does.
  if (boolIn(spec, 'hostPID')) at.child('HostPID', ['hostPID']).forbidden(rule)
  if (boolIn(spec, 'hostIPC')) at.child('HostIPC', ['hostIPC']).forbidden(rule)
  for (const { container, place } of allContainers(spec, at)) {
    if (objectsIn(container, 'volumeDevices').length > 0) place.child('volumeDevices').forbidden(rule)
  }
}

function checkNames(spec: JsonObject, at: Place): void {
  for (const name of ['serviceAccountName', 'nodeName'])
    checkOptionalText(spec, name, dns1123SubdomainErrors, at)
  const deadline = numberOrNone(spec, 'activeDeadlineSeconds')
  if (deadline !== undefined) {
    at.child('activeDeadlineSeconds').invalidEach(deadline, rangeErrors(deadline, 1, 2 ** 31 - 1))
  }
  for (const name of ['hostname', 'subdomain']) checkOptionalText(spec, name, dns1123LabelErrors, at)
}

/** A name for the pod's own eyes, since 1.35 (validateHostnameOverride). */
function checkHostnameOverride(spec: JsonObject, at: Place): void {
  const hostname = stringOrNone(spec, 'hostnameOverride')
  if (hostname === undefined) return
  const here = at.child('hostnameOverride')
  here.invalidEach(hostname, dns1123SubdomainErrors(hostname))
  if (utf8Length(hostname) > 64) here.tooLong(64)
  if (boolIn(spec, 'hostNetwork')) {
    here.forbidden('may not be specified when `hostNetwork` is true')
  }
  if (boolOrNone(spec, 'setHostnameAsFQDN')) {
    here.forbidden('may not be specified when `setHostnameAsFQDN` is true')
  }
}

function checkHostAliases(spec: JsonObject, at: Place): void {
  for (const [alias, here] of at.each(objectsIn(spec, 'hostAliases'))) {
    const address = stringIn(alias, 'ip')
    here.child('ip').invalidEach(address, ipErrors(address))
    for (const [hostname, nameAt] of here.child('hostnames').each(stringsIn(alias, 'hostnames')))
      nameAt.invalidEach(hostname, dns1123SubdomainErrors(hostname))
  }
}

function checkAffinity(spec: JsonObject, at: Place): void {
  const affinity = objectOrNone(spec, 'affinity')
  if (!affinity) return
  const node = objectOrNone(affinity, 'nodeAffinity')
  if (node) checkNodeAffinity(node, at.child('nodeAffinity'))
  for (const kind of ['podAffinity', 'podAntiAffinity']) {
    const terms = objectOrNone(affinity, kind)
    if (terms) checkPodAffinity(terms, at.child(kind))
  }
}

function checkScheduling(spec: JsonObject, at: Place): void {
  validateTolerations(objectsIn(spec, 'tolerations'), at.child('tolerations'))
  checkHostAliases(spec, at.child('hostAliases'))
  checkOptionalText(spec, 'priorityClassName', dns1123SubdomainErrors, at)
  const runtimeClass = stringOrNone(spec, 'runtimeClassName')
  if (runtimeClass !== undefined) {
    at.child('runtimeClassName').invalidEach(runtimeClass, dns1123SubdomainErrors(runtimeClass))
  }
  if (stringOrNone(spec, 'preemptionPolicy') !== undefined) {
    checkChoice(spec, 'preemptionPolicy', ['PreemptLowerPriority', 'Never'], at)
  }
  const overhead = objectOrNone(spec, 'overhead')
  if (overhead) checkContainerResources({ limits: overhead }, new Set(), at.child('overhead'))
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
export function checkPodSpec(spec: JsonObject, at: Place): void {
  const volumes = checkVolumes(objectsIn(spec, 'volumes'), at.child('volumes'))
  const context = contextOf(spec, volumes)
  checkResourceClaims(spec, at.child('resourceClaims'))
  checkContainers(spec, context, at.child('containers'))
  checkInitContainers(spec, context, at.child('initContainers'))
  checkEphemeralContainers(spec, context, at.child('ephemeralContainers'))
  checkEnvVolumes(spec, at)
  checkPodLevelResources(spec, at.child('resources'))
  checkHostNetworkPorts(spec, at)
  checkChoice(spec, 'restartPolicy', ['Always', 'OnFailure', 'Never'], at)
  checkChoice(spec, 'dnsPolicy', dnsPolicies, at)
  checkLabels(spec, 'nodeSelector', at.child('nodeSelector'))
  checkPodSecurityContext(spec, at.child('securityContext'))
  checkAffinity(spec, at.child('affinity'))
  checkDNSConfig(spec, at.child('dnsConfig'))
  checkGates(spec, at)
  const constraints = objectsIn(spec, 'topologySpreadConstraints')
  checkTopologySpread(constraints, at.child('topologySpreadConstraints'))
  checkHostProcess(spec, at)
  checkHostUsers(spec, at)
  checkNames(spec, at)
  checkHostnameOverride(spec, at)
  checkScheduling(spec, at)
  checkOS(spec, at)
}
