/** Annotations that mean something to pods. Mirrors ValidatePodSpecificAnnotations and what goes with it. */
import { entriesIn, objectIn, objectOrNone, stringIn, stringOrNone } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { allContainers } from './all-containers.ts'
import { checkDescendingPath } from './paths.ts'
import type { Place } from './place.ts'
import { checkTolerationsAnnotation, tolerationsAnnotation } from './tolerations-annotation.ts'

const mirrorPod = 'kubernetes.io/config.mirror'
const deletionCost = 'controller.kubernetes.io/pod-deletion-cost'
export const seccompPod = 'seccomp.security.alpha.kubernetes.io/pod'
export const seccompContainerPrefix = 'container.seccomp.security.alpha.kubernetes.io/'
export const appArmorPrefix = 'container.apparmor.security.beta.kubernetes.io/'

function checkSeccompAnnotation(profile: string, at: Place): void {
  if (profile === 'runtime/default' || profile === 'docker/default' || profile === 'unconfined') return
  if (profile.startsWith('localhost/')) checkDescendingPath(profile.slice('localhost/'.length), at)
  else at.invalid(profile, 'must be a valid seccomp profile')
}

function isDeletionCost(text: string): boolean {
  if (!/^(0|-?\d+)$/.test(text) || /^0\d/.test(text)) return false
  return Number(text) >= -(2 ** 31) && Number(text) < 2 ** 31
}

function checkAppArmorAnnotations(metadata: JsonObject, spec: JsonObject, at: Place): void {
  const names = new Set(allContainers(spec, at).map(({ container }) => stringIn(container, 'name')))
  for (const [key, profile] of entriesIn(metadata, 'annotations')) {
    if (!key.startsWith(appArmorPrefix)) continue
    const name = key.slice(appArmorPrefix.length)
    if (!names.has(name)) at.key(key).invalid(name, 'container not found')
    const known = profile === '' || profile === 'runtime/default' || profile === 'unconfined'
    if (!known && !profile.startsWith('localhost/')) {
      at.key(key).invalid(profile, `invalid AppArmor profile name: ${JSON.stringify(profile)}`)
    }
  }
}

/** Annotations of a pod or a template, at `metadata.annotations` or, in a template, at `annotations`. */
export function checkPodAnnotations(metadata: JsonObject, spec: JsonObject, at: Place): void {
  const annotations = objectIn(metadata, 'annotations')
  const mirror = stringOrNone(annotations, mirrorPod)
  if (mirror !== undefined && stringIn(spec, 'nodeName') === '') {
    at.key(mirrorPod).invalid(mirror, 'must set spec.nodeName if mirror pod annotation is set')
  }
  checkTolerationsAnnotation(stringIn(annotations, tolerationsAnnotation), at)
  const cost = stringOrNone(annotations, deletionCost)
  if (cost !== undefined && !isDeletionCost(cost)) {
    at.key(deletionCost).invalid(cost, 'must be a 32bit integer')
  }
  for (const [key, profile] of entriesIn(metadata, 'annotations')) {
    if (key === seccompPod || key.startsWith(seccompContainerPrefix)) {
      checkSeccompAnnotation(profile, at.child(key, [key]))
    }
  }
  checkAppArmorAnnotations(metadata, spec, at)
}

/** Does an annotation of old say the same as the field? `where` is the field that differs. */
function checkMatch(kind: 'seccomp' | 'apparmor', annotation: string, profile: JsonObject, at: Place): void {
  const type = stringIn(profile, 'type')
  const defaults = kind === 'seccomp' ? ['runtime/default', 'docker/default'] : ['runtime/default']
  const good =
    type === 'Unconfined'
      ? annotation === 'unconfined'
      : type === 'RuntimeDefault'
        ? defaults.includes(annotation)
        : type !== 'Localhost' || annotation.startsWith('localhost/')
  if (!good) at.child('type').forbidden(`${kind} type in annotation and field must match`)
  else if (type === 'Localhost') {
    const localhost = stringOrNone(profile, 'localhostProfile')
    if (localhost === undefined || annotation.slice('localhost/'.length) !== localhost) {
      const rule = `${kind} profile in annotation and field must match`
      at.child('localhostProfile').forbidden(rule)
    }
  }
}

/** Annotations and fields that both name a profile must agree (validateSeccompAnnotationsAndFields, and AppArmor's). */
export function checkProfilesMatch(metadata: JsonObject, spec: JsonObject, at: Place): void {
  const annotations = objectIn(metadata, 'annotations')
  const ofPod = objectIn(spec, 'securityContext')
  const podAnnotation = stringOrNone(annotations, seccompPod)
  const podSeccomp = objectOrNone(ofPod, 'seccompProfile')
  if (podAnnotation !== undefined && podSeccomp) {
    const here = at.child('securityContext').child('seccompProfile')
    checkMatch('seccomp', podAnnotation, podSeccomp, here)
  }
  const isWindows = stringIn(objectIn(spec, 'os'), 'name') === 'windows'
  for (const { container, place } of allContainers(spec, at)) {
    const name = stringIn(container, 'name')
    const context = objectIn(container, 'securityContext')
    const here = place.child('securityContext')
    const seccomp = objectOrNone(context, 'seccompProfile')
    const annotation = stringOrNone(annotations, seccompContainerPrefix + name)
    if (seccomp && annotation !== undefined) {
      checkMatch('seccomp', annotation, seccomp, here.child('seccompProfile'))
    }
    const appArmor = objectOrNone(context, 'appArmorProfile') ?? objectOrNone(ofPod, 'appArmorProfile')
    const beta = stringOrNone(annotations, appArmorPrefix + name)
    if (appArmor && beta !== undefined && !isWindows) {
      checkMatch('apparmor', beta, appArmor, here.child('appArmorProfile'))
    }
  }
}
