import type { DaemonSet } from './types.ts'

/** Where the server keeps what was a field of extensions/v1beta1: the number that it raises with every change of the template. */
export const templateGenerationAnnotation = 'deprecated.daemonset.template.generation'

/** API versions of DaemonSet that servers up to v1.15 had, and apps/v1 took over. */
export const retiredVersions: readonly string[] = ['extensions/v1beta1', 'apps/v1beta1', 'apps/v1beta2']

/** In the first of them a missing selector was taken from the template's labels, and a field counted generations. */
const defaultsSelector = retiredVersions[0]

/**
 * A DaemonSet of a retired API version as apps/v1 would hold it: what that version filled in is filled in, what apps/v1 no
 * longer has is left out. One of apps/v1 is answered as it is. Source: k8s.io/api extensions/v1beta1 and its defaults.
 */
export function asAppsV1(daemonSet: DaemonSet): DaemonSet {
  const version = daemonSet.apiVersion ?? ''
  if (!retiredVersions.includes(version)) return daemonSet
  const { templateGeneration: _, ...spec } = (daemonSet.spec ?? {}) as Record<string, unknown>
  const converted = { ...daemonSet, apiVersion: 'apps/v1', spec } as DaemonSet
  const labels = converted.spec?.template?.metadata?.labels
  if (version !== defaultsSelector || converted.spec?.selector || !labels) return converted
  return { ...converted, spec: { ...converted.spec, selector: { matchLabels: labels } } }
}
