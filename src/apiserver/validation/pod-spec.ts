/** The spec of a pod or a pod template. Mirrors ValidatePodSpec of pkg/apis/core/validation, in its order. */
import { dns1123LabelErrors, dns1123SubdomainErrors, qualifiedNameErrors, utf8Length } from '#kube/labels.ts'
import type { JsonObject } from '#kube/types.ts'
import { allContainers } from './all-containers.ts'
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
import { checkNodeAffinity, checkPodAffinity, checkTolerations, checkTopologySpread } from './scheduling.ts'
import { checkPodSecurityContext } from './security.ts'
import { checkVolumes } from './volumes.ts'
import { checkHostProcess, checkOS } from './windows.ts'

const claimSources = ['resourceClaimName', 'resourceClaimTemplateName']

function checkResourceClaims(claims: Place): void {
  const names = new Set<string>()
  for (const claim of claims.each()) {
    const name = claim.child('name')
    if (names.has(name.text) && name.text !== '') name.duplicate(name.text)
    else name.keepsText(dns1123LabelErrors)
    names.add(name.text)
    const given = claimSources
      .map((source) => claim.child(source))
      .filter((one) => one.textOrNone !== undefined)
    const both = claimSources.map((source) => `\`${source}\``)
    if (given.length > 1)
      claim.wrongStruct('PodResourceClaim', `at most one of ${both.join(' or ')} may be specified`)
    if (given.length === 0) claim.wrongStruct('PodResourceClaim', `must specify one of: ${both.join(', ')}`)
    for (const source of given) source.keeps(dns1123SubdomainErrors)
  }
}

function checkNameservers(at: Place): void {
  const nameservers = at.each()
  if (nameservers.length > 3) at.wrong('must not have more than 3 nameservers')
  for (const address of nameservers) address.keeps(ipErrors)
}

function checkSearches(at: Place): void {
  const searches = at.each()
  if (searches.length > 32) at.wrong('must not have more than 32 search paths')
  if (utf8Length(searches.map(({ text }) => text).join(' ')) > 2048)
    at.wrong('must not have more than 2048 characters (including spaces) in the search list')
  for (const search of searches)
    if (search.text !== '.') search.holding(search.text.replace(/\.$/, '')).keeps(searchDomainErrors)
}

function checkDNSConfig(config: Place, policy: string): void {
  const nameservers = config.child('nameservers')
  if (policy === 'None' && !config.given) config.required('must provide `dnsConfig` when `dnsPolicy` is None')
  else if (policy === 'None' && nameservers.each().length === 0)
    nameservers.required('must provide at least one DNS nameserver when `dnsPolicy` is None')
  else {
    checkNameservers(nameservers)
    checkSearches(config.child('searches'))
    for (const option of config.items('options'))
      if (option.child('name').text === '') option.required('must not be empty')
  }
}

function checkGates(spec: Place): void {
  for (const gate of spec.items('readinessGates')) gate.child('conditionType').keeps(qualifiedNameErrors)
  const seen = new Set<string>()
  for (const gate of spec.items('schedulingGates')) {
    const name = gate.holding(gate.child('name').text)
    name.keeps(qualifiedNameErrors)
    name.unique(seen)
  }
}

/** A pod with a user namespace of its own shares no other with the host, and has no block devices (validateHostUsers). */
function checkHostUsers(spec: Place): void {
  if (spec.object.hostUsers !== false) return
  const rule = 'when `hostUsers` is false'
  // Upstream names the last two as Go does.
  for (const [name, shown] of [['hostNetwork'], ['hostPID', 'HostPID'], ['hostIPC', 'HostIPC']] as const)
    if (spec.object[name] === true) spec.child(shown ?? name, [name]).forbidden(rule)
  for (const container of allContainers(spec))
    if (container.items('volumeDevices').length > 0) container.child('volumeDevices').forbidden(rule)
}

function checkNames(spec: Place): void {
  for (const name of ['serviceAccountName', 'nodeName']) spec.child(name).keepsAny(dns1123SubdomainErrors)
  const deadline = spec.child('activeDeadlineSeconds')
  if (deadline.numberOrNone !== undefined)
    deadline.invalidEach(deadline.number, rangeErrors(deadline.number, 1, 2 ** 31 - 1))
  for (const name of ['hostname', 'subdomain']) spec.child(name).keepsAny(dns1123LabelErrors)
}

/** A name for the pod's own eyes, since 1.35 (validateHostnameOverride). */
function checkHostnameOverride(spec: Place): void {
  const hostname = spec.child('hostnameOverride')
  if (hostname.textOrNone === undefined) return
  for (const name of ['setHostnameAsFQDN', 'hostNetwork'])
    if (spec.object[name] === true) hostname.forbidden(`may not be specified when ${name} is true`)
  if (utf8Length(hostname.text) > 64) hostname.tooLong(64)
  hostname.keeps(dns1123SubdomainErrors)
}

function checkHostAliases(aliases: Place): void {
  for (const alias of aliases.each()) {
    alias.child('ip').keeps(ipErrors)
    for (const hostname of alias.items('hostnames')) hostname.keeps(dns1123SubdomainErrors)
  }
}

function checkAffinity(affinity: Place): void {
  checkNodeAffinity(affinity.child('nodeAffinity'))
  for (const kind of ['podAffinity', 'podAntiAffinity']) checkPodAffinity(affinity.child(kind))
}

function checkScheduling(spec: Place): void {
  checkTolerations(spec.child('tolerations'))
  checkHostAliases(spec.child('hostAliases'))
  spec.child('priorityClassName').keepsAny(dns1123SubdomainErrors)
  const runtimeClass = spec.child('runtimeClassName')
  if (runtimeClass.textOrNone !== undefined) runtimeClass.keeps(dns1123SubdomainErrors)
  const preemption = spec.child('preemptionPolicy')
  if (preemption.textOrNone !== undefined) preemption.choice(['PreemptLowerPriority', 'Never'])
  const overhead = spec.child('overhead')
  if (overhead.given) checkContainerResources(overhead.holding({ limits: overhead.object }), new Set())
}

function contextOf(spec: Place, volumes: ReadonlyMap<string, JsonObject>): PodContext {
  const claims = spec.items('resourceClaims').map((claim) => claim.child('name').text)
  return {
    volumes,
    claimNames: new Set(claims.filter((name) => name !== '')),
    gracePeriod: spec.child('terminationGracePeriodSeconds').number,
    restartPolicy: spec.child('restartPolicy').text,
    hostUsers: spec.object.hostUsers !== false,
  }
}

const dnsPolicies = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None']

/**
 * The spec of a pod template. It must be decoded and defaulted.
 *
 * @param spec its place, such as `spec.template.spec`
 */
export function checkPodSpec(spec: Place): void {
  const context = contextOf(spec, checkVolumes(spec.child('volumes')))
  checkResourceClaims(spec.child('resourceClaims'))
  checkContainers(spec.child('containers'), context)
  checkInitContainers(spec, context)
  checkEphemeralContainers(spec, context)
  checkPodLevelResources(spec)
  checkHostNetworkPorts(spec)
  spec.child('restartPolicy').choice(['Always', 'OnFailure', 'Never'])
  spec.child('dnsPolicy').choice(dnsPolicies)
  checkLabels(spec.child('nodeSelector'))
  checkPodSecurityContext(spec.child('securityContext'), spec)
  checkAffinity(spec.child('affinity'))
  checkDNSConfig(spec.child('dnsConfig'), spec.child('dnsPolicy').text)
  checkGates(spec)
  checkTopologySpread(spec.child('topologySpreadConstraints'))
  checkHostProcess(spec)
  checkHostUsers(spec)
  checkHostnameOverride(spec)
  checkNames(spec)
  checkScheduling(spec)
  checkOS(spec)
  checkEnvVolumes(spec)
}
