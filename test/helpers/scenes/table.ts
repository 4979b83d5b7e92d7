/** The scenes: what happened in each cluster until it was written down. Each is about the DaemonSet `agent` in `logging`. */
import type { JsonObject, Node } from '#kube/types.ts'
import { types } from '#sandbox/api/resources.ts'
import { annotation, type BehaviourOptions } from '#sandbox/loops/behaviour.ts'
import { simulatedNodes } from '#sandbox/simulated-nodes.ts'
import { agent, day, hour, image, namespace, settled } from './agent.ts'
import { Stage } from './stage.ts'

export { environmentValue } from './agent.ts'

export interface Scene {
  readonly name: string
  /** In addition to the usual nodes. */
  readonly nodes?: readonly Node[]
  /** These alone, in place of the usual ones. */
  readonly allNodes?: readonly Node[]
  readonly behaviour?: BehaviourOptions
  readonly play: (stage: Stage) => void
  /** At the moment itself: nothing answers it any more. */
  readonly end?: (stage: Stage) => void
}

const usualNodes = [
  ...simulatedNodes(4, { names: 'general-%d', labels: { pool: 'general' } }),
  ...simulatedNodes(2, { names: 'spot-%d', labels: { pool: 'spot' } }),
]

/** A pod of somebody else's that takes room. */
const tenant = (name: string, node: string, cpu: string, more: JsonObject = {}): JsonObject => ({
  metadata: { name, namespace: 'shop', labels: { app: 'shop' } },
  spec: {
    nodeName: node,
    terminationGracePeriodSeconds: 60,
    containers: [
      { name: 'shop', image: 'registry.example/shop:7', resources: { requests: { cpu, memory: '1Gi' } } },
    ],
    ...more,
  },
})

const readinessProbe = { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 5 }

const fargate = simulatedNodes(1, {
  names: 'fargate-ip-10-0-3-%d.eu-west-1.compute.internal',
  role: 'fargate',
  labels: { 'eks.amazonaws.com/compute-type': 'fargate' },
  taints: [{ key: 'eks.amazonaws.com/compute-type', value: 'fargate', effect: 'NoSchedule' }],
  resources: { cpu: '2', memory: '3977Mi', pods: '1' },
})
const virtual = simulatedNodes(1, {
  names: 'virtual-node-aci-%d',
  role: 'agent',
  labels: { type: 'virtual-kubelet', 'kubernetes.azure.com/role': 'agent' },
  taints: [{ key: 'virtual-kubelet.io/provider', value: 'azure', effect: 'NoSchedule' }],
  resources: { cpu: '10k', memory: '4Ti', pods: '5k' },
}).map((node) => ({
  ...node,
  metadata: { ...node.metadata, annotations: { [annotation.pull]: '100000000' } },
}))

export const scenes: readonly Scene[] = [
  {
    name: 'healthy',
    play(stage) {
      settled(stage)
      namespace(stage, {}, 'monitoring')
      const { metadata, spec } = agent({
        container: { name: 'exporter', image: 'registry.example/node-exporter:1.9.1' },
      })
      const selector = { matchLabels: { app: 'node-exporter' } }
      const template = (spec as { template: { spec: JsonObject } }).template.spec
      stage.create(types.daemonSets, {
        metadata: {
          ...(metadata as JsonObject),
          name: 'node-exporter',
          namespace: 'monitoring',
          labels: { app: 'node-exporter' },
        },
        spec: {
          selector,
          template: {
            metadata: { labels: { app: 'node-exporter' } },
            spec: { ...template, nodeSelector: { pool: 'general' } },
          },
        },
      })
    },
  },
  {
    name: 'mid-roll-out',
    behaviour: { pullSeconds: 25, readySeconds: 8, terminationSeconds: 4 },
    play(stage) {
      const rollingUpdate = { maxUnavailable: 2 }
      settled(stage, {
        spec: { minReadySeconds: 15, updateStrategy: { type: 'RollingUpdate', rollingUpdate } },
      })
      stage.until(94 / 60)
      stage.change(types.nodes, 'general-2', undefined, (node) => ({
        ...node,
        metadata: { ...(node.metadata as JsonObject), annotations: { [annotation.pull]: '45' } },
      }))
      stage.release('agent', 'logging', `${image}:1.5.0`)
    },
  },
  {
    name: 'stuck-image',
    behaviour: { failures: [{ image: /:1\.5\.O$/, failure: 'image' }] },
    play(stage) {
      settled(stage)
      stage.until(2 * hour)
      stage.release('agent', 'logging', `${image}:1.5.O`)
    },
  },
  {
    name: 'stuck-dead-node',
    play(stage) {
      settled(stage)
      stage.until(3 * hour)
      stage.silence('general-3')
      stage.until(2 * hour)
      stage.release('agent', 'logging', `${image}:1.5.0`)
    },
  },
  {
    name: 'crash-loop',
    behaviour: { failures: [{ image: /:1\.5\.0$/, failure: 'crash' }], crashSeconds: 2 },
    play(stage) {
      settled(stage)
      stage.until(45)
      stage.release('agent', 'logging', `${image}:1.5.0`)
    },
  },
  {
    name: 'never-ready',
    behaviour: { failures: [{ image: /:1\.5\.0$/, failure: 'never-ready' }] },
    play(stage) {
      settled(stage, { container: { readinessProbe } })
      stage.until(40)
      stage.release('agent', 'logging', `${image}:1.5.0`)
    },
  },
  {
    name: 'full-node',
    play(stage) {
      namespace(stage, {}, 'shop')
      stage.create(types.pods, tenant('shop-0', 'general-2', '4'))
      stage.create(types.pods, tenant('shop-1', 'general-2', '3800m'))
      namespace(stage)
      stage.until(3 * day)
      stage.create(types.daemonSets, agent())
    },
  },
  {
    name: 'preempting',
    behaviour: { terminationSeconds: 45 },
    play(stage) {
      namespace(stage, {}, 'shop')
      stage.create(types.priorityClasses, { metadata: { name: 'agents' }, value: 1_000_000 })
      stage.create(types.podDisruptionBudgets, {
        metadata: { name: 'shop', namespace: 'shop' },
        spec: { minAvailable: 1, selector: { matchLabels: { app: 'shop' } } },
      })
      stage.create(types.pods, tenant('shop-0', 'general-2', '4'))
      stage.create(types.pods, tenant('shop-1', 'general-2', '3800m'))
      namespace(stage)
      stage.until(0.5)
      stage.create(types.daemonSets, agent({ pod: { priorityClassName: 'agents' } }))
    },
  },
  {
    name: 'refused-pod-security',
    play(stage) {
      namespace(stage, { 'pod-security.kubernetes.io/enforce': 'baseline' })
      stage.until(30)
      stage.create(
        types.daemonSets,
        agent({
          pod: { hostNetwork: true, volumes: [{ name: 'logs', hostPath: { path: '/var/log' } }] },
          container: { volumeMounts: [{ name: 'logs', mountPath: '/var/log' }] },
        }),
      )
    },
  },
  {
    name: 'refused-priority-class',
    play(stage) {
      namespace(stage)
      stage.until(30)
      stage.create(types.daemonSets, agent({ pod: { priorityClassName: 'agents' } }))
    },
  },
  {
    name: 'refused-quota',
    play(stage) {
      namespace(stage)
      stage.create(types.limitRanges, {
        metadata: { name: 'defaults', namespace: 'logging' },
        spec: { limits: [{ type: 'Container', defaultRequest: { 'ephemeral-storage': '1Gi' } }] },
      })
      stage.create(types.resourceQuotas, {
        metadata: { name: 'team', namespace: 'logging' },
        spec: { hard: { pods: '4', 'requests.cpu': '4' } },
      })
      stage.until(2 * hour)
      stage.create(types.daemonSets, agent())
    },
  },
  {
    name: 'misscheduled',
    play(stage) {
      settled(stage)
      stage.until(day)
      for (const node of ['spot-1', 'spot-2'])
        stage.taint(node, { key: 'pool', value: 'spot', effect: 'NoSchedule' })
    },
  },
  {
    name: 'zero-match',
    play(stage) {
      namespace(stage)
      stage.until(hour)
      stage.create(types.daemonSets, agent({ pod: { nodeSelector: { pool: 'gpu' } } }))
    },
  },
  {
    name: 'serverless',
    nodes: [...fargate, ...virtual],
    play(stage) {
      namespace(stage, {}, 'shop')
      stage.create(types.pods, tenant('shop-0', 'fargate-ip-10-0-3-1.eu-west-1.compute.internal', '1'))
      namespace(stage)
      stage.until(3 * day)
      stage.create(types.daemonSets, agent({ pod: { tolerations: [{ operator: 'Exists' }] } }))
    },
  },
  {
    name: 'on-delete',
    play(stage) {
      settled(stage, { spec: { updateStrategy: { type: 'OnDelete' } } })
      stage.until(6 * hour)
    },
  },
]

/** The dump of a scene, played anew: a List. For a big cluster, give it more nodes. */
export function play({ nodes = [], allNodes, behaviour = {}, play, end }: Omit<Scene, 'name'>): JsonObject {
  const stage = new Stage(allNodes ?? [...usualNodes, ...nodes], behaviour)
  play(stage)
  return stage.dump(end)
}
