/** Annotations that mean something to pods. Mirrors ValidatePodSpecificAnnotations and what goes with it. */
import { entriesOf } from '#kube/read.ts'
import { allContainers } from './all-containers.ts'
import { checkDescendingPath } from './paths.ts'
import type { Place } from './place.ts'
import { checkTolerationsAnnotation } from './tolerations-annotation.ts'

const mirrorPod = 'kubernetes.io/config.mirror'
const deletionCost = 'controller.kubernetes.io/pod-deletion-cost'
export const seccompPod = 'seccomp.security.alpha.kubernetes.io/pod'
export const seccompContainerPrefix = 'container.seccomp.security.alpha.kubernetes.io/'
export const appArmorPrefix = 'container.apparmor.security.beta.kubernetes.io/'

function checkSeccompAnnotation(at: Place): void {
  const profile = at.text
  if (profile === 'runtime/default' || profile === 'docker/default' || profile === 'unconfined') return
  if (profile.startsWith('localhost/')) checkDescendingPath(at, profile.slice('localhost/'.length))
  else at.wrong('must be a valid seccomp profile')
}

function isDeletionCost(text: string): boolean {
  if (!/^(0|-?\d+)$/.test(text) || /^0\d/.test(text)) return false
  return Number(text) >= -(2 ** 31) && Number(text) < 2 ** 31
}

function checkAppArmorAnnotations(annotations: Place, spec: Place): void {
  const names = new Set(allContainers(spec).map((container) => container.child('name').text))
  for (const [key, profile] of entriesOf(annotations.value)) {
    if (!key.startsWith(appArmorPrefix)) continue
    const here = annotations.key(key)
    const name = key.slice(appArmorPrefix.length)
    if (!names.has(name)) here.invalid(name, 'container not found')
    const known = profile === '' || profile === 'runtime/default' || profile === 'unconfined'
    if (!known && !profile.startsWith('localhost/'))
      here.wrong(`invalid AppArmor profile name: ${JSON.stringify(profile)}`)
  }
}

/** Annotations of a pod or a template, at `metadata.annotations` or, in a template, at `annotations`. */
export function checkPodAnnotations(annotations: Place, spec: Place): void {
  const mirror = annotations.key(mirrorPod)
  if (mirror.textOrNone !== undefined && spec.child('nodeName').text === '')
    mirror.wrong('must set spec.nodeName if mirror pod annotation is set')
  checkTolerationsAnnotation(annotations)
  const cost = annotations.key(deletionCost)
  if (cost.textOrNone !== undefined && !isDeletionCost(cost.text)) cost.wrong('must be a 32bit integer')
  for (const [key] of entriesOf(annotations.value))
    if (key === seccompPod || key.startsWith(seccompContainerPrefix))
      checkSeccompAnnotation(annotations.child(key, [key]))
  checkAppArmorAnnotations(annotations, spec)
}

/** Does an annotation of old say the same as the field? The field that differs is named. */
function checkMatch(kind: 'seccomp' | 'apparmor', annotation: string, profile: Place): void {
  const type = profile.child('type')
  const localhost = profile.child('localhostProfile')
  const defaults = kind === 'seccomp' ? ['runtime/default', 'docker/default'] : ['runtime/default']
  const good =
    type.text === 'Unconfined'
      ? annotation === 'unconfined'
      : type.text === 'RuntimeDefault'
        ? defaults.includes(annotation)
        : type.text !== 'Localhost' || annotation.startsWith('localhost/')
  if (!good) type.forbidden(`${kind} type in annotation and field must match`)
  else if (type.text === 'Localhost' && annotation.slice('localhost/'.length) !== localhost.textOrNone)
    localhost.forbidden(`${kind} profile in annotation and field must match`)
}

/** Annotations and fields that both name a profile must agree (validateSeccompAnnotationsAndFields, and AppArmor's). */
export function checkProfilesMatch(annotations: Place, spec: Place): void {
  const ofPod = spec.child('securityContext')
  const match = (kind: 'seccomp' | 'apparmor', key: string, profile: Place, given = profile) => {
    const annotation = annotations.key(key).textOrNone
    if (annotation !== undefined && given.given) checkMatch(kind, annotation, profile.holding(given.value))
  }
  match('seccomp', seccompPod, ofPod.child('seccompProfile'))
  const isWindows = spec.child('os').child('name').text === 'windows'
  for (const container of allContainers(spec)) {
    const name = container.child('name').text
    const context = container.child('securityContext')
    match('seccomp', seccompContainerPrefix + name, context.child('seccompProfile'))
    const appArmor = context.child('appArmorProfile')
    const inForce = appArmor.given ? appArmor : ofPod.child('appArmorProfile')
    if (!isWindows) match('apparmor', appArmorPrefix + name, appArmor, inForce)
  }
}
