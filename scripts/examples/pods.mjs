/** Pods as the API server stores them once they run. */
import { defaultPodSpec } from './defaults.mjs'
import { hex, number, suffix, time, uid } from './identifiers.mjs'

/** The token that the ServiceAccount admission plug-in mounts into every container. */
function withToken(spec, name) {
  const volume = `kube-api-access-${suffix(`token ${name}`)}`
  const mount = { mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', name: volume, readOnly: true }
  const sources = [
    { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
    { configMap: { items: [{ key: 'ca.crt', path: 'ca.crt' }], name: 'kube-root-ca.crt' } },
    {
      downwardAPI: {
        items: [{ fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' }, path: 'namespace' }],
      },
    },
  ]
  return {
    ...spec,
    containers: spec.containers.map((container) => ({
      ...container,
      volumeMounts: [...(container.volumeMounts ?? []), mount],
    })),
    volumes: [...(spec.volumes ?? []), { name: volume, projected: { defaultMode: 420, sources } }],
  }
}

const notReadyAtOnce = ['not-ready', 'unreachable'].map((condition) => ({
  effect: 'NoExecute',
  key: `node.kubernetes.io/${condition}`,
  operator: 'Exists',
  tolerationSeconds: 300,
}))

function conditionsOf(ready, started, lost) {
  const since = time(started + 3000)
  const condition = (type, status, at) => ({
    lastProbeTime: null,
    lastTransitionTime: at,
    observedGeneration: 1,
    status,
    type,
  })
  return [
    condition('PodReadyToStartContainers', 'True', time(started + 2000)),
    condition('Initialized', 'True', time(started)),
    condition('Ready', ready ? 'True' : 'False', ready ? since : time(lost)),
    condition('ContainersReady', 'True', since),
    condition('PodScheduled', 'True', time(started)),
  ]
}

function containerStatusOf(container, name, started) {
  const [repository, tag] = container.image.split(/:(?=[^/]*$)/)
  const { requests } = container.resources
  return {
    ...(requests ? { allocatedResources: requests } : {}),
    containerID: `containerd://${hex(`container ${name} ${container.name}`, 64)}`,
    image: container.image,
    imageID: `${repository}@sha256:${hex(`${repository} ${tag}`, 64)}`,
    lastState: {},
    name: container.name,
    ready: true,
    resources: container.resources,
    restartCount: 0,
    started: true,
    state: { running: { startedAt: time(started + 2000) } },
  }
}

/** Guaranteed where every container's limits are its requests, as the kubelet classes a pod. */
function qosClassOf(containers) {
  const same = ({ resources: { requests, limits } }) =>
    limits?.cpu !== undefined && limits.cpu === requests?.cpu && limits.memory === requests.memory
  return containers.every(same) ? 'Guaranteed' : 'Burstable'
}

/**
 * A running pod.
 *
 * `pod` holds namespace, name, owner (kind, apiVersion, name), labels, node (the Node object), spec (as written), priority,
 * started (ms) and, for one that its node cannot end, deleted (ms) and lost (ms: when the node fell silent).
 */
export function runningPod(pod) {
  const { node, owner, started, deleted, lost } = pod
  const seed = `${pod.namespace}/${pod.name}`
  const stored = defaultPodSpec(pod.spec)
  const spec = withToken(
    {
      ...stored,
      enableServiceLinks: true,
      nodeName: node.metadata.name,
      preemptionPolicy: 'PreemptLowerPriority',
      priority: pod.priority ?? 0,
      serviceAccount: stored.serviceAccount ?? 'default',
      serviceAccountName: stored.serviceAccountName ?? 'default',
      tolerations:
        owner.kind === 'DaemonSet' ? stored.tolerations : [...(stored.tolerations ?? []), ...notReadyAtOnce],
    },
    seed,
  )
  const hostIP = node.status.addresses[0].address
  const podIP = node.spec.podCIDR.replace('0/24', String(2 + number(`address ${seed}`, 250)))
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      creationTimestamp: time(started),
      ...(deleted ? { deletionGracePeriodSeconds: 30, deletionTimestamp: time(deleted + 30_000) } : {}),
      ...(pod.generateName ? { generateName: pod.generateName } : {}),
      generation: deleted ? 2 : 1,
      labels: pod.labels,
      name: pod.name,
      namespace: pod.namespace,
      ownerReferences: [
        {
          ...owner,
          blockOwnerDeletion: true,
          controller: true,
          uid: owner.uid ?? uid(`${owner.kind} ${owner.name}`),
        },
      ],
      resourceVersion: String(47_900_000 + number(`version ${seed}`, 300_000)),
      uid: uid(`pod ${seed}`),
    },
    spec,
    status: {
      conditions: conditionsOf(lost === undefined, started, lost),
      containerStatuses: stored.containers.map((container) => containerStatusOf(container, seed, started)),
      hostIP,
      hostIPs: [{ ip: hostIP }],
      observedGeneration: 1,
      phase: 'Running',
      podIP,
      podIPs: [{ ip: podIP }],
      qosClass: qosClassOf(stored.containers),
      startTime: time(started),
    },
  }
}
