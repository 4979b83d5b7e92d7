/** A pod template within another object. Mirrors ValidatePodTemplateSpec of pkg/apis/core/validation. */
import { entriesOf } from '#kube/read.ts'
import { readableSelector } from '#kube/selectors.ts'
import { checkPodAnnotations, checkProfilesMatch } from './annotations.ts'
import { checkAnnotations, checkLabels } from './labels.ts'
import type { Place } from './place.ts'
import { checkPodSpec } from './pod-spec.ts'

/** The template's labels are named `template.labels`, as upstream. */
export function checkTemplate(template: Place): void {
  const annotations = template.child('annotations', ['metadata', 'annotations'])
  const spec = template.child('spec')
  checkLabels(template.child('labels', ['metadata', 'labels']))
  checkAnnotations(annotations)
  checkPodAnnotations(annotations, spec)
  checkPodSpec(spec)
  checkProfilesMatch(annotations, spec)
  if (spec.items('ephemeralContainers').length > 0)
    spec.child('ephemeralContainers').forbidden('ephemeral containers not allowed in pod template')
}

/** Does it match the labels? One that is not well formed is not asked. */
export const selects = (selector: Place, labels: Readonly<Record<string, string>>): boolean =>
  readableSelector(selector.given ? selector.object : undefined)?.matches(labels) ?? true

/** The selector beside a template must match the template's labels. `spec` holds both. */
export function checkSelects(spec: Place): void {
  const labels = spec.child('template').child('metadata').child('labels')
  if (!selects(spec.child('selector'), Object.fromEntries(entriesOf(labels.value))))
    labels.invalid(labels.value ?? null, '`selector` does not match template `labels`')
}
