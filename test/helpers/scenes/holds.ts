/**
 * One scene for each thing that can hold a roll-out, beside those of the table that are about the same. What a webhook, a policy or a
 * plugin of a cluster's own would say is put into the API server's mouth, in upstream's words.
 */
import type { JsonObject } from '#kube/types.ts'
import { types } from '#sandbox/api/resources.ts'
import { simulatedNodes } from '#sandbox/simulated-nodes.ts'
import type { StoredObject } from '#sandbox/store/objects.ts'
import { agent, hour, image, namespace, settled } from './agent.ts'
import type { Stage } from './stage.ts'
import type { Scene } from './table.ts'

const allNodes = simulatedNodes(3, { names: 'general-%d', labels: { pool: 'general' } })

const refusing = (status: number, reason: string, why: (pod: string) => string) => (stage: Stage) => {
  namespace(stage)
  stage.until(30)
  stage.refusePods(status, reason, why)
  stage.create(types.daemonSets, agent())
}

const limited = (limit: JsonObject, container: JsonObject) => (stage: Stage) => {
  namespace(stage)
  stage.create(types.limitRanges, {
    metadata: { name: 'sizes', namespace: 'logging' },
    spec: { limits: [{ type: 'Container', ...limit }] },
  })
  stage.until(30)
  stage.create(types.daemonSets, agent({ container }))
}

const lacking = (pod: JsonObject) => (stage: Stage) => {
  namespace(stage)
  stage.until(30)
  stage.create(types.daemonSets, agent({ pod }))
}

/** As its kubelet evicts a pod from a node that has no memory left. */
const evicted = (pod: JsonObject): JsonObject => ({
  ...pod,
  status: {
    ...(pod.status as JsonObject),
    conditions: ((pod.status as JsonObject).conditions as JsonObject[]).map((one) =>
      one.type === 'Ready' || one.type === 'ContainersReady'
        ? { ...one, status: 'False', reason: 'PodFailed' }
        : one,
    ),
    phase: 'Failed',
    reason: 'Evicted',
    message:
      'The node was low on resource: memory. Threshold quantity: 100Mi, available: 84Mi. Container agent was using 250Mi, request is 128Mi, has larger consumption of memory. ',
  },
})

const all: readonly Scene[] = [
  { name: 'refused-service-account', play: lacking({ serviceAccountName: 'agent' }) },
  { name: 'refused-runtime-class', play: lacking({ runtimeClassName: 'gvisor' }) },
  {
    name: 'refused-limit-range',
    play: limited(
      { max: { cpu: '1', memory: '1Gi' }, min: { memory: '64Mi' } },
      { resources: { requests: { cpu: '200m', memory: '32Mi' }, limits: { cpu: '2', memory: '2Gi' } } },
    ),
  },
  {
    name: 'refused-invalid',
    play: limited({ default: { cpu: '500m' } }, { resources: { requests: { cpu: '3' } } }),
  },
  {
    name: 'refused-webhook',
    play: refusing(
      400,
      'BadRequest',
      (pod) =>
        `admission webhook "validate.kyverno.svc-fail" denied the request: \n\nresource Pod/logging/${pod} was blocked due to the following policies \n\nrequire-run-as-nonroot:\n  run-as-non-root: 'validation error: Running as root is not allowed. rule run-as-non-root failed at path /spec/securityContext/runAsNonRoot/'\n`,
    ),
  },
  {
    name: 'refused-webhook-down',
    play: refusing(
      500,
      'InternalError',
      () =>
        'Internal error occurred: failed calling webhook "namespace.sidecar-injector.istio.io": failed to call webhook: Post "https://istiod.istio-system.svc:443/inject?timeout=10s": no endpoints available for service "istiod"',
    ),
  },
  {
    name: 'refused-policy',
    play: refusing(
      422,
      'Invalid',
      (pod) =>
        `pods "${pod}" is forbidden: ValidatingAdmissionPolicy 'no-latest' with binding 'no-latest-everywhere' denied request: images carry a tag`,
    ),
  },
  {
    name: 'refused-otherwise',
    play: refusing(
      403,
      'Forbidden',
      () =>
        'pods "agent-" is forbidden: pod node label selector conflicts with its namespace node label selector',
    ),
  },
  {
    name: 'refused-namespace',
    // As upstream: the controller records no Event of this refusal. The namespace controller has not come to the DaemonSet yet.
    play(stage) {
      namespace(stage)
      stage.until(0.1)
      stage.refusePods(
        403,
        'Forbidden',
        () => 'unable to create new content in namespace logging because it is being terminated',
        [{ reason: 'NamespaceTerminating', message: '', field: 'metadata.namespace' }],
      )
      stage.create(types.daemonSets, agent())
    },
    end: (stage) => stage.remove(types.namespaces, 'logging'),
  },
  {
    name: 'missing-config-map',
    play(stage) {
      settled(stage)
      stage.until(30)
      stage.change(types.daemonSets, 'agent', 'logging', (old) =>
        withContainer(old, { envFrom: [{ configMapRef: { name: 'agent-config' } }] }),
      )
    },
  },
  {
    name: 'missing-volume',
    play(stage) {
      settled(stage)
      stage.until(30)
      stage.change(types.daemonSets, 'agent', 'logging', (old) =>
        withContainer(old, { volumeMounts: [{ name: 'config', mountPath: '/etc/agent' }] }, [
          { name: 'config', configMap: { name: 'agent-config' } },
        ]),
      )
    },
  },
  {
    name: 'node-died-after',
    play(stage) {
      settled(stage, { spec: { minReadySeconds: 60 } })
      stage.until(2 * hour)
      stage.release('agent', 'logging', `${image}:1.5.0`)
      stage.until(2 * hour - 0.75)
      for (const { metadata } of allNodes)
        if (stage.podsOn(metadata?.name ?? '').some(isNew)) stage.silence(metadata?.name ?? '')
    },
  },
  {
    name: 'node-gone',
    play(stage) {
      settled(stage)
      stage.until(0.1)
      stage.remove(types.nodes, 'general-2')
      stage.release('agent', 'logging', `${image}:1.5.0`)
    },
  },
  {
    name: 'node-pressure',
    play(stage) {
      settled(stage)
      stage.until(10)
      stage.release('agent', 'logging', `${image}:1.5.0`)
      for (let left = 8; left >= 0.5; left -= 0.1) {
        stage.until(left)
        for (const { metadata, status } of stage.podsOn('general-2'))
          if ((status as JsonObject).phase !== 'Failed')
            stage.change(types.pods, metadata.name, 'logging', evicted, true)
      }
    },
  },
  {
    name: 'terminating-for-ever',
    play(stage) {
      settled(stage)
      stage.until(2 * hour)
      stage.hangContainers()
      stage.release('agent', 'logging', `${image}:1.5.0`)
    },
  },
  {
    name: 'kept-by-finalizer',
    play(stage) {
      settled(stage)
      stage.until(3 * hour)
      for (const node of allNodes)
        for (const { metadata } of stage.podsOn(node.metadata?.name ?? ''))
          stage.change(types.pods, metadata.name, 'logging', (pod) => ({
            ...pod,
            metadata: { ...(pod.metadata as JsonObject), finalizers: ['example.com/traffic'] },
          }))
      stage.until(2 * hour)
      stage.release('agent', 'logging', `${image}:1.5.0`)
    },
  },
]

export const holdScenes: readonly Scene[] = all.map((scene) => ({ ...scene, allNodes }))

const isNew = ({ spec }: StoredObject): boolean =>
  (spec as unknown as { containers: readonly { image: string }[] }).containers.some(
    (one) => one.image === `${image}:1.5.0`,
  )

function withContainer(daemonSet: JsonObject, more: JsonObject, volumes?: JsonObject[]): JsonObject {
  const spec = daemonSet.spec as { template: { spec: { containers: [JsonObject] } } } & JsonObject
  const [container] = spec.template.spec.containers
  const pod = { ...spec.template.spec, containers: [{ ...container, ...more }], ...(volumes && { volumes }) }
  return {
    ...daemonSet,
    spec: { ...spec, template: { ...spec.template, spec: pod } },
  } as unknown as JsonObject
}
