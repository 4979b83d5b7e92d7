/** The log agent in the running cluster: the DaemonSet of examples/log-agent.yaml as stored, its three revisions and its pods. */
import { defaultDaemonSetSpec } from './defaults.mjs'
import { number, suffix, time, uid } from './identifiers.mjs'
import { nodeName, now } from './nodes.mjs'
import { runningPod } from './pods.mjs'

const minute = 60_000
const day = 24 * 60 * minute

/** The releases, oldest first; the last is the manifest itself. */
const releases = [
  {
    at: now - 81 * day,
    hash: '6c8d5b9f47',
    cause: 'log-agent 4.0.3',
    image: 'cr.fluentbit.io/fluent/fluent-bit:4.0.3',
    memory: '192Mi',
  },
  {
    at: now - 47 * day,
    hash: '7f9b64c8d5',
    cause: 'log-agent 4.0.7 fixes a leak in the tail input',
    image: 'cr.fluentbit.io/fluent/fluent-bit:4.0.7',
    memory: '256Mi',
  },
  { at: now - 6 * day, hash: '5d4c7b8f96' },
]
const current = releases.at(-1)
const created = releases[0].at

/** The manifest of an earlier release: another image and memory limit, the rest as it is now. */
function manifestOf(manifest, release) {
  const written = structuredClone(manifest)
  if (release.cause) written.metadata.annotations['kubernetes.io/change-cause'] = release.cause
  const [container] = written.spec.template.spec.containers
  if (release.image) container.image = release.image
  if (release.memory) container.resources.limits.memory = release.memory
  return written
}

function sortKeys(value) {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sortKeys(value[key])]),
  )
}

/** Annotations after the n-th `kubectl apply` that changed the template. */
const annotationsOf = (written, generation) => ({
  'deprecated.daemonset.template.generation': String(generation),
  'kubectl.kubernetes.io/last-applied-configuration': `${JSON.stringify(sortKeys(written))}\n`,
  ...written.metadata.annotations,
})

const ownerOf = (daemonSet) => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  name: daemonSet.metadata.name,
  uid: daemonSet.metadata.uid,
})

/**
 * The DaemonSet as stored. Its status: all 23 pods that should run are available and of the current revision; two more are
 * where none would be made (on the unreachable node and on the one under maintenance).
 */
function storedDaemonSet(manifest) {
  const { name, namespace, labels } = manifest.metadata
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: {
      annotations: annotationsOf(manifest, releases.length),
      creationTimestamp: time(created),
      generation: releases.length,
      labels,
      name,
      namespace,
      resourceVersion: '48219511',
      uid: uid(`daemonset ${namespace}/${name}`),
    },
    spec: defaultDaemonSetSpec(manifest.spec),
    status: {
      currentNumberScheduled: 23,
      desiredNumberScheduled: 23,
      numberAvailable: 23,
      numberMisscheduled: 2,
      numberReady: 23,
      observedGeneration: releases.length,
      updatedNumberScheduled: 23,
    },
  }
}

function controllerRevision(daemonSet, manifest, release, index) {
  const written = manifestOf(manifest, release)
  const { template } = defaultDaemonSetSpec(written.spec)
  const { name, namespace } = daemonSet.metadata
  return {
    apiVersion: 'apps/v1',
    data: { spec: { template: { $patch: 'replace', ...template } } },
    kind: 'ControllerRevision',
    metadata: {
      annotations: annotationsOf(written, index + 1),
      creationTimestamp: time(release.at),
      labels: { ...template.metadata.labels, 'controller-revision-hash': release.hash },
      name: `${name}-${release.hash}`,
      namespace,
      ownerReferences: [{ ...ownerOf(daemonSet), blockOwnerDeletion: true, controller: true }],
      resourceVersion: String(47_000_000 + index * 400_000),
      uid: uid(`revision ${release.hash}`),
    },
    revision: index + 1,
  }
}

/** What the controller adds to every pod of a DaemonSet without hostNetwork. */
const addedTolerations = [
  ['NoExecute', 'not-ready'],
  ['NoExecute', 'unreachable'],
  ['NoSchedule', 'disk-pressure'],
  ['NoSchedule', 'memory-pressure'],
  ['NoSchedule', 'pid-pressure'],
  ['NoSchedule', 'unschedulable'],
].map(([effect, condition]) => ({ effect, key: `node.kubernetes.io/${condition}`, operator: 'Exists' }))

const pinnedTo = (node) => ({
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }],
    },
  },
})

function podOn(daemonSet, node, priority) {
  const { template } = daemonSet.spec
  const { name, namespace } = daemonSet.metadata
  const nodeCreated = Date.parse(node.metadata.creationTimestamp)
  const rolledOut = current.at + number(`roll-out ${node.metadata.name}`, 25 * 60) * 1000
  const isUnreachable = node.metadata.name === nodeName('general', 8)
  return runningPod({
    name: `${name}-${suffix(`${name} ${node.metadata.name}`)}`,
    generateName: `${name}-`,
    namespace,
    node,
    owner: ownerOf(daemonSet),
    labels: {
      ...template.metadata.labels,
      'controller-revision-hash': current.hash,
      'pod-template-generation': String(releases.length),
    },
    priority,
    started: Math.max(rolledOut, nodeCreated + 2 * minute),
    // Someone has deleted the pod by hand; its node, silent by then, does not end it.
    ...(isUnreachable ? { lost: now - 169 * minute, deleted: now - 140 * minute } : {}),
    spec: {
      ...template.spec,
      affinity: pinnedTo(node.metadata.name),
      tolerations: [...template.spec.tolerations, ...addedTolerations],
    },
  })
}

/**
 * The log agent's pods, DaemonSet and revisions.
 *
 * It runs on the control plane, the general and the arm64 pools and on the untainted spot nodes but the one that has just
 * joined. Two of these pods are where none would be made any more.
 */
export function logAgent(manifest, nodes, priority) {
  const daemonSet = storedDaemonSet(manifest)
  const joined = nodeName('spot', 1)
  const runsOn = ['control-plane', 'general', 'spot', 'arm64']
  const pods = nodes
    .filter((node) => runsOn.includes(node.metadata.labels['node.example.com/pool']))
    .filter((node) => node.metadata.name !== joined)
    .map((node) => podOn(daemonSet, node, priority))
  const revisions = releases.map((release, index) => controllerRevision(daemonSet, manifest, release, index))
  return { daemonSet, pods, revisions }
}
