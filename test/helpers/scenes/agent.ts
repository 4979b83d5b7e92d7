/** The DaemonSet that the scenes are about, and how they begin. */
import type { JsonObject } from '#kube/types.ts'
import { types } from '#sandbox/api/resources.ts'
import type { Stage } from './stage.ts'

export const hour = 60
export const day = 24 * hour

/** Stands in a template's environment: what shows templates may show it, and nothing else. */
export const environmentValue = 'not-for-every-eye'

export const image = 'registry.example/agent'

export interface Wanted {
  readonly pod?: JsonObject
  readonly container?: JsonObject
  readonly spec?: JsonObject
}

export const agent = ({ pod = {}, container = {}, spec = {} }: Wanted = {}): JsonObject => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'agent', namespace: 'logging', labels: { app: 'agent' } },
  spec: {
    selector: { matchLabels: { app: 'agent' } },
    template: {
      metadata: { labels: { app: 'agent' } },
      spec: {
        ...pod,
        containers: [
          {
            name: 'agent',
            image: `${image}:1.4.0`,
            env: [{ name: 'API_KEY', value: environmentValue }],
            resources: { requests: { cpu: '200m', memory: '128Mi' }, limits: { memory: '256Mi' } },
            ...container,
          },
        ],
      },
    },
    ...spec,
  },
})

export function namespace(stage: Stage, labels: JsonObject = {}, name = 'logging'): void {
  stage.create(types.namespaces, { metadata: { name, labels } })
}

/** The agent has been running for four days, in its second release. */
export function settled(stage: Stage, wanted?: Wanted): void {
  namespace(stage)
  stage.create(types.daemonSets, agent(wanted))
  stage.until(4 * day)
  stage.release('agent', 'logging', `${image}:1.4.1`)
  stage.until(3 * day)
}
