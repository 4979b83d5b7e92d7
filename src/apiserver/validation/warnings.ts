/** What the server takes and warns of. Mirrors pkg/api/pod/warnings.go for templates, in its order. */
import { goQuote } from '#kube/go-text.ts'
import { parseQuantity, quantityMilliValue } from '#kube/quantity.ts'
import type { JsonObject } from '#kube/types.ts'
import { profileOf, sameProfile } from '../defaults/pod.ts'
import { allContainers } from './all-containers.ts'
import { appArmorPrefix, seccompContainerPrefix, seccompPod } from './annotations.ts'
import { canonicalIpv6 } from './names.ts'
import { warnOfPaths } from './path-warnings.ts'
import { Findings, type Place } from './place.ts'
import { warnOfPortNames, warnOfPorts } from './port-warnings.ts'
import { warnOfNodeLabels, warnOfPodAffinity, warnOfSpread } from './scheduling-warnings.ts'
import type { AdmissionWarning } from './types.ts'

const deprecatedAnnotations: Readonly<Record<string, string>> = {
  'scheduler.alpha.kubernetes.io/critical-pod':
    'non-functional in v1.16+; use the "priorityClassName" field instead',
  'security.alpha.kubernetes.io/sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
  'security.alpha.kubernetes.io/unsafe-sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
}

const deprecatedVolumes: readonly (readonly [string, string, string?])[] = [
  ['photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['gitRepo', 'deprecated in v1.11, and disabled by default in v1.33+'],
  ['scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['flocker', 'deprecated in v1.22, non-functional in v1.25+'],
  ['storageos', 'deprecated in v1.22, non-functional in v1.25+', 'storageOS'],
  ['quobyte', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['rbd', 'deprecated in v1.28, non-functional in v1.31+'],
]

function warnOfVolumes(volumes: Place): void {
  for (const volume of volumes.each()) {
    for (const [kind, text, shown = kind] of deprecatedVolumes)
      if (volume.child(kind).given) volume.child(shown, [kind]).warn(text)
    const claim = volume.child('ephemeral').child('volumeClaimTemplate').child('spec')
    for (const list of ['requests', 'limits'])
      warnOfFractions(claim.child('resources').child(list), ['storage'])
  }
  for (const volume of volumes.each()) warnOfPaths(volume)
}

function warnOfFractions(amounts: Place, names: readonly string[]): void {
  for (const amount of names.map((name) => amounts.key(name))) {
    const parsed = amount.textOrNone === undefined ? undefined : parseQuantity(amount.text)
    if (parsed?.ok && quantityMilliValue(parsed.quantity) % 1000n !== 0n)
      amount.warn(`fractional byte value ${goQuote(amount.text)} is invalid, must be an integer`)
  }
}

/** Entries of one name or address. */
function warnOfRepeats(list: Place, field: string): void {
  const seen = new Set<string>()
  for (const value of list.each().map((item) => item.child(field))) {
    if (seen.has(value.text)) value.warn(`duplicate ${field} ${goQuote(value.text)}`)
    seen.add(value.text)
  }
}

function warnOfAddress(address: Place): void {
  if (!address.text.includes(':')) return
  const canonical = canonicalIpv6(address.text)
  const form = `should be in RFC 5952 canonical format (${goQuote(canonical)})`
  if (canonical !== address.text) address.warn(`IPv6 address ${goQuote(address.text)} ${form}`)
}

function warnOfLists(spec: Place): void {
  const aliases = spec.child('hostAliases')
  const secrets = spec.child('imagePullSecrets')
  warnOfRepeats(aliases, 'ip')
  warnOfRepeats(secrets, 'name')
  for (const name of secrets.each().map((secret) => secret.child('name')))
    if (name.text === '') name.warn('invalid empty name ""')
  warnOfFractions(spec.child('overhead'), countedInBytes)
}

function warnOfAddresses(spec: Place): void {
  for (const address of spec.child('dnsConfig').items('nameservers')) warnOfAddress(address)
  for (const alias of spec.items('hostAliases')) warnOfAddress(alias.child('ip'))
}

const countedInBytes = ['memory', 'ephemeral-storage']
const useSeccompField = 'non-functional in v1.27+; use the "seccompProfile" field instead'
const useAppArmorField = 'deprecated since v1.30; use the "appArmorProfile" field instead'

function warnOfEnv(container: Place): void {
  const seen = new Set<string>()
  for (const variable of container.items('env')) {
    const name = variable.child('name').text
    const value = variable.child('value').text
    const reference = `$(${name})`
    const hides = variable.object.valueFrom !== undefined || value === reference || !value.includes(reference)
    if (seen.has(name) && hides)
      variable.warn(`hides previous definition of ${goQuote(name)}, which may be dropped when using apply`)
    seen.add(name)
  }
}

function warnOfContainers(template: Place): void {
  const annotations = template.child('metadata').child('annotations')
  const podContext = template.child('spec').child('securityContext').object
  const warnOfProfile = (key: string, text: string, ...fields: readonly unknown[]) => {
    const annotation = annotations.key(key)
    if (!fields.some(Boolean) && annotation.value !== undefined) annotation.warn(text)
  }
  warnOfProfile(seccompPod, useSeccompField, podContext.seccompProfile)
  for (const container of allContainers(template.child('spec'))) {
    const context = container.child('securityContext').object
    const name = container.child('name').text
    warnOfProfile(seccompContainerPrefix + name, useSeccompField, context.seccompProfile)
    const annotated = profileOf(annotations.key(appArmorPrefix + name).text)
    const asOfPod = annotated !== undefined && sameProfile(podContext.appArmorProfile, annotated)
    warnOfProfile(appArmorPrefix + name, useAppArmorField, asOfPod, context.appArmorProfile)
    for (const resource of countedInBytes)
      for (const list of ['limits', 'requests'])
        warnOfFractions(container.child('resources').child(list), [resource])
    warnOfEnv(container)
  }
}

/**
 * The warnings that a server sends for a DaemonSet's template.
 *
 * @param daemonSet decoded and defaulted, as `defaultDaemonSet` answers it
 */
export const warningsForDaemonSet = (daemonSet: JsonObject): AdmissionWarning[] =>
  warningsForTemplate(new Findings(daemonSet).at('spec').child('template'))

/** What the server warns of in a pod template. */
export function warningsForTemplate(template: Place): AdmissionWarning[] {
  const spec = template.child('spec')
  warnOfNodeLabels(spec)
  warnOfSpread(spec)
  for (const [name, text] of Object.entries(deprecatedAnnotations)) {
    const here = template.child('metadata').child('annotations').key(name)
    if (here.value !== undefined) here.warn(text)
  }
  warnOfVolumes(spec.child('volumes'))
  warnOfLists(spec)
  warnOfContainers(template)
  warnOfPorts(spec)
  warnOfPortNames(spec)
  const grace = spec.child('terminationGracePeriodSeconds')
  if (grace.number < 0) grace.warn('must be >= 0; negative values are invalid and will be treated as 1')
  warnOfPodAffinity(spec)
  warnOfAddresses(spec)
  return template.findings.warnings
}
