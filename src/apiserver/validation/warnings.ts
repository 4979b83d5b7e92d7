/** What the server takes and warns of. Mirrors pkg/api/pod/warnings.go for templates, in its order. */

import { goQuote } from '#kube/go-text.ts'
import { parseQuantity, quantityMilliValue } from '#kube/quantity.ts'
import {
  numberOrNone,
  objectIn,
  objectOrNone,
  objectsIn,
  stringIn,
  stringOrNone,
  stringsIn,
} from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { allContainers } from './all-containers.ts'
import { appArmorPrefix, seccompContainerPrefix, seccompPod } from './annotations.ts'
import { canonicalIpv6 } from './names.ts'
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
  ['gitRepo', 'deprecated in v1.11'],
  ['scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['flocker', 'deprecated in v1.22, non-functional in v1.25+'],
  ['storageos', 'deprecated in v1.22, non-functional in v1.25+', 'storageOS'],
  ['quobyte', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['rbd', 'deprecated in v1.28, non-functional in v1.31+'],
]

function warnOfVolumes(spec: JsonObject, at: Place): void {
  for (const [volume, here] of at.items(spec, 'volumes')) {
    for (const [kind, text, shown] of deprecatedVolumes) {
      if (objectOrNone(volume, kind)) here.child(shown ?? kind, [kind]).warn(text)
    }
    const claim = objectIn(objectIn(volume, 'ephemeral'), 'volumeClaimTemplate')
    const requests = objectIn(objectIn(objectIn(claim, 'spec'), 'resources'), 'requests')
    const claimAt = here.child('ephemeral').child('volumeClaimTemplate').child('spec').child('resources')
    warnOfFraction(requests, 'storage', claimAt.child('requests'))
  }
  warnOfTokenPaths(spec, at)
}

/** Projected files that would hide a service account token. */
function warnOfTokenPaths(spec: JsonObject, at: Place): void {
  const sources = objectsIn(spec, 'volumes').map((volume) =>
    objectsIn(objectIn(volume, 'projected'), 'sources'),
  )
  const tokens = new Set(
    sources.flat().flatMap((source) => {
      const token = objectOrNone(source, 'serviceAccountToken')
      return token ? [stringIn(token, 'path')] : []
    }),
  )
  if (tokens.size === 0) return
  const kinds = [
    ['configMap', 'configMap'],
    ['secret', 'secrets'],
    ['downwardAPI', 'downwardAPI'],
  ] as const
  for (const [index, list] of sources.entries()) {
    for (const source of list) {
      for (const [kind, shown] of kinds) {
        for (const [itemIndex, item] of objectsIn(objectIn(source, kind), 'items').entries()) {
          const path = stringIn(item, 'path')
          const here = at.child('volumes').index(index).child('projected').child('sources').child(shown, [])
          if (tokens.has(path)) {
            here
              .child(`[${itemIndex}]`, [])
              .warn(`has duplicated path with ServiceAccountToken ${goQuote(path)}`)
          }
        }
      }
    }
  }
}

function warnOfFraction(amounts: JsonObject, name: string, at: Place): void {
  const text = stringOrNone(amounts, name)
  const parsed = text === undefined ? undefined : parseQuantity(text)
  if (text !== undefined && parsed?.ok && quantityMilliValue(parsed.quantity) % 1000n !== 0n) {
    const rule = `fractional byte value ${goQuote(text)} is invalid, must be an integer`
    at.key(name).warn(rule)
  }
}

/** Entries of one name or address. */
function warnOfRepeats(spec: JsonObject, list: string, field: string, at: Place): void {
  const seen = new Set<string>()
  for (const [item, here] of at.items(spec, list)) {
    const value = stringIn(item, field)
    if (seen.has(value)) here.child(field).warn(`duplicate ${field} ${goQuote(value)}`)
    seen.add(value)
  }
}

function warnOfAddress(address: string, at: Place): void {
  if (!address.includes(':')) return
  const canonical = canonicalIpv6(address)
  if (canonical !== address) {
    const form = `should be in RFC 5952 canonical format (${goQuote(canonical)})`
    at.warn(`IPv6 address ${goQuote(address)} ${form}`)
  }
}

function warnOfLists(spec: JsonObject, at: Place): void {
  warnOfRepeats(spec, 'hostAliases', 'ip', at)
  for (const [alias, here] of at.items(spec, 'hostAliases')) {
    warnOfAddress(stringIn(alias, 'ip'), here.child('ip'))
  }
  const nameservers = stringsIn(objectIn(spec, 'dnsConfig'), 'nameservers')
  for (const [address, here] of at.child('dnsConfig').child('nameservers').each(nameservers))
    warnOfAddress(address, here)
  warnOfRepeats(spec, 'imagePullSecrets', 'name', at)
  for (const [secret, here] of at.items(spec, 'imagePullSecrets'))
    if (stringIn(secret, 'name') === '') here.child('name').warn('invalid empty name ""')
  for (const name of ['memory', 'ephemeral-storage']) {
    warnOfFraction(objectIn(spec, 'overhead'), name, at.child('overhead'))
  }
}

const useSeccompField = 'non-functional in v1.27+; use the "seccompProfile" field instead'

function warnOfEnv(container: JsonObject, at: Place): void {
  const seen = new Set<string>()
  for (const [variable, here] of at.items(container, 'env')) {
    const name = stringIn(variable, 'name')
    const value = stringIn(variable, 'value')
    const reference = `$(${name})`
    const hides = variable.valueFrom !== undefined || value === reference || !value.includes(reference)
    if (seen.has(name) && hides) {
      const text = `hides previous definition of ${goQuote(name)}, which may be dropped when using apply`
      here.warn(text)
    }
    seen.add(name)
  }
}

function warnOfContainers(metadata: JsonObject, spec: JsonObject, root: Place): void {
  const annotations = objectIn(metadata, 'annotations')
  const annotationsAt = root.child('metadata').child('annotations')
  const podContext = objectIn(spec, 'securityContext')
  if (!podContext.seccompProfile && annotations[seccompPod] !== undefined) {
    annotationsAt.key(seccompPod).warn(useSeccompField)
  }
  for (const { container, place } of allContainers(spec, root.child('spec'))) {
    const context = objectIn(container, 'securityContext')
    const name = stringIn(container, 'name')
    const seccomp = seccompContainerPrefix + name
    if (!context.seccompProfile && annotations[seccomp] !== undefined) {
      annotationsAt.key(seccomp).warn(useSeccompField)
    }
    const appArmor = appArmorPrefix + name
    if (!podContext.appArmorProfile && !context.appArmorProfile && annotations[appArmor] !== undefined) {
      const text = 'deprecated since v1.30; use the "appArmorProfile" field instead'
      annotationsAt.key(appArmor).warn(text)
    }
    for (const resource of ['memory', 'ephemeral-storage']) {
      for (const list of ['limits', 'requests']) {
        const amounts = objectIn(objectIn(container, 'resources'), list)
        warnOfFraction(amounts, resource, place.child('resources').child(list))
      }
    }
    warnOfEnv(container, place)
  }
}

/**
 * The warnings that a server sends for a DaemonSet's template.
 *
 * @param daemonSet decoded and defaulted, as `defaultDaemonSet` answers it
 */
export const warningsForDaemonSet = (daemonSet: JsonObject): AdmissionWarning[] =>
  warningsForTemplate(
    objectIn(objectIn(daemonSet, 'spec'), 'template'),
    new Findings().at('spec').child('template'),
  )

/** What the server warns of in a pod template that stands at this place. */
export function warningsForTemplate(template: JsonObject, root: Place): AdmissionWarning[] {
  const metadata = objectIn(template, 'metadata')
  const spec = objectIn(template, 'spec')
  const at = root.child('spec')
  warnOfNodeLabels(spec, at)
  warnOfSpread(spec, at)
  for (const [name, text] of Object.entries(deprecatedAnnotations)) {
    const here = root.child('metadata').child('annotations').key(name)
    if (objectIn(metadata, 'annotations')[name] !== undefined) here.warn(text)
  }
  warnOfVolumes(spec, at)
  warnOfLists(spec, at)
  warnOfContainers(metadata, spec, root)
  warnOfPorts(spec, at)
  warnOfPortNames(spec, at)
  const seconds = numberOrNone(spec, 'terminationGracePeriodSeconds')
  if (seconds !== undefined && seconds < 0) {
    const text = 'must be >= 0; negative values are invalid and will be treated as 1'
    at.child('terminationGracePeriodSeconds').warn(text)
  }
  warnOfPodAffinity(spec, at)
  return root.findings.warnings
}
