/** A pod template within another object. Mirrors ValidatePodTemplateSpec of pkg/apis/core/validation. */
import { entriesIn, objectIn, objectOrNone, objectsIn } from '#kube/read.ts'
import { readableSelector } from '#kube/selectors.ts'
import type { JsonObject } from '#kube/types.ts'
import { checkPodAnnotations, checkProfilesMatch } from './annotations.ts'
import { checkAnnotations, checkLabels } from './labels.ts'
import type { Place } from './place.ts'
import { checkPodSpec } from './pod-spec.ts'

const labelsOf = (holder: JsonObject) => Object.fromEntries(entriesIn(holder, 'labels'))

/** The template's labels are named `template.labels`, as upstream. */
export function checkTemplate(template: JsonObject, at: Place): void {
  const metadata = objectIn(template, 'metadata')
  const spec = objectIn(template, 'spec')
  const annotationsAt = at.child('annotations', ['metadata', 'annotations'])
  checkLabels(metadata, 'labels', at.child('labels', ['metadata', 'labels']))
  checkAnnotations(metadata, annotationsAt)
  checkPodAnnotations(metadata, spec, annotationsAt)
  checkPodSpec(spec, at.child('spec'))
  checkProfilesMatch(metadata, spec, at.child('spec'))
  if (objectsIn(spec, 'ephemeralContainers').length > 0) {
    const rule = 'ephemeral containers not allowed in pod template'
    at.child('spec').child('ephemeralContainers').forbidden(rule)
  }
}

/** Does it match the labels? One that is not well formed is not asked. */
export const selects = (
  selector: JsonObject | undefined,
  labels: Readonly<Record<string, string>>,
): boolean => readableSelector(selector)?.matches(labels) ?? true

/** The selector beside a template must match the template's labels. `at`: the spec that holds both. */
export function checkSelects(spec: JsonObject, at: Place): void {
  const metadata = objectIn(objectIn(spec, 'template'), 'metadata')
  if (selects(objectOrNone(spec, 'selector'), labelsOf(metadata))) return
  const here = at.child('template').child('metadata').child('labels')
  here.invalid(objectOrNone(metadata, 'labels') ?? null, '`selector` does not match template `labels`')
}
