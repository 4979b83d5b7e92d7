import { admitDaemonSet } from '#apiserver/validation/admit.ts'
import type { JsonObject } from '#kube/types.ts'

const container = { name: 'c', image: 'x:1' }

/** A DaemonSet without fault, with these fields in its pods, in its spec, in its metadata. */
export function daemonSet(
  podSpec: JsonObject = {},
  spec: JsonObject = {},
  metadata: JsonObject = {},
): JsonObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'a', ...metadata },
    spec: {
      selector: { matchLabels: { app: 'a' } },
      template: { metadata: { labels: { app: 'a' } }, spec: { containers: [container], ...podSpec } },
      ...spec,
    },
  }
}

export const withContainer = (more: JsonObject, podSpec: JsonObject = {}) =>
  daemonSet({ ...podSpec, containers: [{ ...container, ...more }] })

/** Type and field of each error, the field without the way to the pod. */
export const brief = (object: JsonObject) =>
  admitDaemonSet(object).errors.map(
    ({ type, field }) => `${type.replace('FieldValue', '')} ${field.replace('spec.template.spec.', '')}`,
  )
