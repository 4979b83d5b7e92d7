import { describe, expect, it } from 'vitest'
import { admitPod, unknownFor } from '#apiserver/admission/admit-pod.ts'
import type { AdmissionObjects } from '#apiserver/admission/types.ts'
import type { JsonObject } from '#base/json.ts'
import { around, container, limitRange, namespaceWith, podOf, quota } from './objects.ts'

const whyNot = (spec: JsonObject, objects: Partial<AdmissionObjects> = {}, metadata: JsonObject = {}) => {
  const answer = admitPod(podOf(spec, metadata), around(objects))
  return answer.allowed ? undefined : answer.message.replace('pods "agent-" is forbidden: ', '')
}

const specOf = (spec: JsonObject, objects: Partial<AdmissionObjects> = {}) => {
  const answer = admitPod(podOf(spec), around(objects))
  if (!answer.allowed) throw new Error(answer.message)
  return answer.pod.spec as JsonObject
}

const priorityClass = (name: string, value: number, more: JsonObject = {}): JsonObject => ({
  metadata: { name },
  value,
  ...more,
})

describe('namespace', () => {
  it('one that is being deleted takes nothing new', () =>
    expect(
      whyNot({}, { namespace: { metadata: { name: 'default' }, status: { phase: 'Terminating' } } }),
    ).toBe('unable to create new content in namespace default because it is being terminated'))
  it('one that is not there is told before anything else', () =>
    expect(whyNot({ priorityClassName: 'none' }, { namespace: null })).toBe('namespaces "default" not found'))
})

describe('priority', () => {
  it('a class gives its value and policy', () =>
    expect(
      specOf(
        { priorityClassName: 'high' },
        { priorityClasses: [priorityClass('high', 1000, { preemptionPolicy: 'Never' })] },
      ),
    ).toMatchObject({ priority: 1000, preemptionPolicy: 'Never' }))
  it('without one it is 0', () =>
    expect(specOf({})).toMatchObject({ priority: 0, preemptionPolicy: 'PreemptLowerPriority' }))
  it('of several default classes the lowest is taken', () =>
    expect(
      specOf(
        {},
        {
          priorityClasses: [
            priorityClass('high', 9, { globalDefault: true }),
            priorityClass('low', 5, { globalDefault: true }),
            priorityClass('none', 1),
          ],
        },
      ),
    ).toMatchObject({ priorityClassName: 'low', priority: 5 }))
  it.each([
    ['system-node-critical', 2_000_001_000],
    ['system-cluster-critical', 2_000_000_000],
  ])('every cluster has %s', (priorityClassName, priority) =>
    expect(specOf({ priorityClassName })).toMatchObject({ priority }),
  )
  it('a number that is not the class`s is refused', () =>
    expect(whyNot({ priority: 7 })).toBe(
      'the integer value of priority (7) must not be provided in pod spec; priority admission controller computed 0 from the given PriorityClass name',
    ))
  it('so is a policy', () =>
    expect(whyNot({ preemptionPolicy: 'Never' })).toBe(
      'the string value of PreemptionPolicy (Never) must not be provided in pod spec; priority admission controller computed PreemptLowerPriority from the given PriorityClass name',
    ))
  it('where classes are not known, a name is believed', () =>
    expect(specOf({ priorityClassName: 'x' }, { priorityClasses: undefined })).not.toHaveProperty('priority'))
})

describe('service account', () => {
  const account = (more: JsonObject): JsonObject => ({ metadata: { name: 'default' }, ...more })

  it('is `default` where the pod names none, with its pull secrets', () =>
    expect(specOf({}, { serviceAccounts: [account({ imagePullSecrets: [{ name: 'key' }] })] })).toMatchObject(
      {
        serviceAccountName: 'default',
        serviceAccount: 'default',
        imagePullSecrets: [{ name: 'key' }],
      },
    ))
  it('the pod`s own pull secrets stay', () =>
    expect(
      specOf(
        { imagePullSecrets: [{ name: 'own' }] },
        { serviceAccounts: [account({ imagePullSecrets: [{ name: 'key' }] })] },
      ),
    ).toMatchObject({ imagePullSecrets: [{ name: 'own' }] }))

  const enforcing = (more: JsonObject = {}): Partial<AdmissionObjects> => ({
    serviceAccounts: [
      {
        metadata: { name: 'default', annotations: { 'kubernetes.io/enforce-mountable-secrets': 'true' } },
        secrets: [{ name: 'good' }],
        ...more,
      },
    ],
  })
  const tail = 'is not allowed because service account default does not reference that secret'
  const variable = (name: string) => ({ name: 'E', valueFrom: { secretKeyRef: { name, key: 'k' } } })
  const withContainer = (more: JsonObject, list = 'containers'): JsonObject => ({
    [list]: [{ name: 'c', image: 'i', ...more }],
  })
  it.each([
    [
      'a volume',
      { volumes: [{ name: 'v', secret: { secretName: 'x' } }] },
      `volume with secret.secretName="x" ${tail}`,
    ],
    [
      'a variable',
      withContainer({ env: [variable('x')] }),
      `container c with envVar E referencing secret.secretName="x" ${tail}`,
    ],
    [
      'all variables of a secret',
      withContainer({ envFrom: [{ secretRef: { name: 'x' } }] }, 'initContainers'),
      `init container c with envFrom referencing secret.secretName="x" ${tail}`,
    ],
    [
      'a pull secret',
      { imagePullSecrets: [{ name: 'x' }] },
      'imagePullSecrets[0].name="x" is not allowed because service account default does not reference that imagePullSecret',
    ],
  ] as [string, JsonObject, string][])('that allows its own secrets only: %s', (_, spec, said) =>
    expect(whyNot(spec, enforcing())).toBe(said),
  )
  it('and lets those be used', () =>
    expect(whyNot(withContainer({ env: [variable('good')] }), enforcing())).toBeUndefined())
})

describe('runtime class', () => {
  const runtimeClass = (more: JsonObject): Partial<AdmissionObjects> => ({
    runtimeClasses: [{ metadata: { name: 'gvisor' }, handler: 'runsc', ...more }],
  })
  const overhead = { podFixed: { cpu: '250m', memory: '120Mi' } }

  it('adds its overhead, where it may run, and what is tolerated for it', () =>
    expect(
      specOf(
        {
          runtimeClassName: 'gvisor',
          nodeSelector: { disk: 'ssd' },
          tolerations: [{ key: 'sandbox', operator: 'Equal', value: 'x', effect: 'NoSchedule' }],
        },
        runtimeClass({
          overhead,
          scheduling: {
            nodeSelector: { gvisor: 'yes' },
            tolerations: [{ key: 'sandbox', operator: 'Exists' }],
          },
        }),
      ),
    ).toMatchObject({
      overhead: overhead.podFixed,
      nodeSelector: { disk: 'ssd', gvisor: 'yes' },
      tolerations: [
        { key: 'node.kubernetes.io/not-ready', effect: 'NoExecute', tolerationSeconds: 300 },
        { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute', tolerationSeconds: 300 },
        { key: 'sandbox', operator: 'Exists' },
      ],
    }))
  it('takes an overhead that is its own, however it is written', () =>
    expect(
      whyNot(
        { runtimeClassName: 'gvisor', overhead: { cpu: '0.25', memory: '120Mi' } },
        runtimeClass({ overhead }),
      ),
    ).toBeUndefined())
  it('refuses another one', () =>
    expect(whyNot({ runtimeClassName: 'gvisor', overhead: { cpu: '1' } }, runtimeClass({ overhead }))).toBe(
      "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead",
    ))
  it('refuses one that no class gives', () =>
    expect(whyNot({ overhead: { cpu: '1' } })).toBe(
      'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead',
    ))
  it('refuses a selector that it contradicts', () =>
    expect(
      whyNot(
        { runtimeClassName: 'gvisor', nodeSelector: { gvisor: 'no' } },
        runtimeClass({ scheduling: { nodeSelector: { gvisor: 'yes' } } }),
      ),
    ).toBe(
      'conflict: runtimeClass.scheduling.nodeSelector[gvisor] = yes; pod.spec.nodeSelector[gvisor] = no',
    ))
})

describe('limit range', () => {
  const ask = (limit: JsonObject, ...containers: JsonObject[]) =>
    whyNot({ containers }, { limitRanges: [limitRange(limit)] })

  it.each([
    [
      'too little',
      { min: { cpu: '100m' } },
      { cpu: '50m' },
      {},
      'minimum cpu usage per Container is 100m, but request is 50m',
    ],
    [
      'too much',
      { max: { cpu: '1' } },
      { cpu: '2' },
      { cpu: '2' },
      '[maximum cpu usage per Container is 1, but limit is 2]',
    ],
    [
      'a limit too low',
      { min: { cpu: '1' } },
      {},
      { cpu: '500m' },
      'minimum cpu usage per Container is 1, but request is 500m',
    ],
    [
      'a limit too far above the request',
      { maxLimitRequestRatio: { cpu: '2' } },
      { cpu: '100m' },
      { cpu: '300m' },
      'cpu max limit to request ratio per Container is 2, but provided ratio is 3.000000',
    ],
    [
      'a ratio without a limit',
      { maxLimitRequestRatio: { cpu: '2' } },
      { cpu: '100m' },
      {},
      'cpu max limit to request ratio per Container is 2, but no limit is specified or limit is 0',
    ],
    [
      'a ratio without a request',
      { maxLimitRequestRatio: { memory: '2' } },
      {},
      {},
      'memory max limit to request ratio per Container is 2, but no request is specified or request is 0',
    ],
  ] as [string, JsonObject, JsonObject, JsonObject, string][])('%s', (_, limit, requests, limits, said) =>
    expect(ask({ type: 'Container', ...limit }, container('a', requests, limits))).toBe(
      said.replace(/^\[|\]$/g, ''),
    ),
  )

  it('all that is broken is told at once', () =>
    expect(
      ask(
        { type: 'Container', max: { cpu: '1', memory: '1Gi' } },
        container('a', {}, { cpu: '2', memory: '2Gi' }),
      ),
    ).toBe(
      '[maximum cpu usage per Container is 1, but limit is 2, maximum memory usage per Container is 1Gi, but limit is 2Gi]',
    ))
  it('containers of a pod count together', () => {
    const pod = { type: 'Pod', max: { cpu: '1' } }
    const half = container('a', { cpu: '600m' }, { cpu: '600m' })
    expect(ask(pod, half)).toBeUndefined()
    expect(ask(pod, half, { ...half, name: 'b' })).toBe('maximum cpu usage per Pod is 1, but limit is 1200m')
    expect(ask(pod, container('a', { cpu: '100m' }))).toBe(
      'maximum cpu usage per Pod is 1.  No limit is specified',
    )
    expect(ask({ type: 'Pod', min: { cpu: '1' } }, container('a'))).toBe(
      'minimum cpu usage per Pod is 1.  No request is specified',
    )
  })
  it('the maximum is the limit of a container that has none, and its request', () =>
    expect(
      specOf(
        {},
        { limitRanges: [limitRange({ type: 'Container', max: { cpu: '2' }, min: { memory: '1Mi' } })] },
      ),
    ).toMatchObject({
      containers: [{ resources: { limits: { cpu: '2' }, requests: { cpu: '2', memory: '1Mi' } } }],
    }))
  it('init containers get theirs, too', () =>
    expect(
      specOf(
        { initContainers: [{ name: 'i', image: 'i' }] },
        { limitRanges: [limitRange({ type: 'Container', default: { cpu: '2' } })] },
      ),
    ).toMatchObject({ initContainers: [{ resources: { limits: { cpu: '2' }, requests: { cpu: '2' } } }] }))
  it('claims are not pods', () =>
    expect(ask({ type: 'PersistentVolumeClaim', max: { storage: '1Gi' } }, container('a'))).toBeUndefined())
})

describe('resource quota', () => {
  const ask = (quotas: JsonObject[], spec: JsonObject = {}, more: Partial<AdmissionObjects> = {}) =>
    whyNot(spec, { resourceQuotas: quotas, ...more })

  it('names all resources that do not fit, sorted', () =>
    expect(
      ask([quota('q', { 'requests.memory': '1Gi', 'requests.cpu': '1' }, { 'requests.cpu': '800m' })], {
        containers: [container('a', { cpu: '300m', memory: '2Gi' })],
      }),
    ).toBe(
      'exceeded quota: q, requested: requests.cpu=300m,requests.memory=2Gi, used: requests.cpu=800m,requests.memory=0, limited: requests.cpu=1,requests.memory=1Gi',
    ))
  it.each(['pods', 'count/pods'])('counts %s', (resource) =>
    expect(ask([quota('q', { [resource]: '2' }, { [resource]: '2' })])).toBe(
      `exceeded quota: q, requested: ${resource}=1, used: ${resource}=2, limited: ${resource}=2`,
    ),
  )
  it('counts extended resources and overhead', () =>
    expect(
      ask(
        [quota('q', { 'requests.nvidia.com/gpu': '1', 'requests.cpu': '1' })],
        {
          runtimeClassName: 'r',
          containers: [container('a', { cpu: '900m', 'nvidia.com/gpu': '2' }, { 'nvidia.com/gpu': '2' })],
        },
        { runtimeClasses: [{ metadata: { name: 'r' }, overhead: { podFixed: { cpu: '200m' } } }] },
      ),
    ).toBe(
      'exceeded quota: q, requested: requests.cpu=1100m,requests.nvidia.com/gpu=2, used: requests.cpu=0,requests.nvidia.com/gpu=0, limited: requests.cpu=1,requests.nvidia.com/gpu=1',
    ))
  it('every container must say what is counted', () =>
    expect(
      ask([quota('q', { 'limits.memory': '1Gi', cpu: '1', 'requests.ephemeral-storage': '1Gi' })], {
        initContainers: [container('i', { cpu: '1m' })],
        containers: [container('b'), container('a', {}, { memory: '1Mi' })],
      }),
    ).toBe('failed quota: q: must specify cpu for: a,b; limits.memory for: b,i'))
  it('unless the pod says it as a whole', () =>
    expect(
      ask([quota('q', { 'requests.cpu': '1' })], { resources: { requests: { cpu: '100m' } } }),
    ).toBeUndefined())
  it('a quota that was not looked at yet lets nobody in', () =>
    expect(
      ask(
        [
          {
            ...quota('q', {}),
            status: { hard: { pods: '5', 'limits.cpu': '1', services: '1' }, used: { services: '0' } },
          },
        ],
        {
          containers: [container('a', {}, { cpu: '1' })],
        },
      ),
    ).toBe('status unknown for quota: q, resources: limits.cpu,pods'))
  it('what is no pod`s is not asked', () =>
    expect(ask([quota('q', { services: '0', persistentvolumeclaims: '0' })])).toBeUndefined())

  const full = (spec: JsonObject) => [quota('q', { pods: '1' }, { pods: '1' }, spec)]
  const inPriority = (operator: string, values?: string[]) =>
    full({
      scopeSelector: {
        matchExpressions: [{ scopeName: 'PriorityClass', operator, ...(values ? { values } : {}) }],
      },
    })
  const asking = { containers: [container('a', { cpu: '1m' })] }
  it.each([
    ['BestEffort', {}, true],
    ['BestEffort', asking, false],
    ['NotBestEffort', {}, false],
    ['NotBestEffort', asking, true],
    ['Terminating', {}, false],
    ['Terminating', { activeDeadlineSeconds: 5 }, true],
    ['NotTerminating', {}, true],
    ['NotTerminating', { activeDeadlineSeconds: 5 }, false],
    ['PriorityClass', {}, false],
    ['PriorityClass', { priorityClassName: 'system-node-critical' }, true],
    ['CrossNamespacePodAffinity', {}, false],
  ] as [string, JsonObject, boolean][])('the scope %s', (scope, spec, counts) =>
    expect(ask(full({ scopes: [scope] }), spec) !== undefined).toBe(counts),
  )
  it.each([
    ['In', ['system-node-critical'], true],
    ['In', ['other'], false],
    ['NotIn', ['other'], true],
    ['Exists', undefined, true],
    ['DoesNotExist', undefined, false],
  ] as [string, string[] | undefined, boolean][])(
    'a scope of priority classes: %s %s',
    (operator, values, counts) =>
      expect(
        ask(inPriority(operator, values), { priorityClassName: 'system-node-critical' }) !== undefined,
      ).toBe(counts),
  )
  it('affinity across namespaces', () => {
    const term = { topologyKey: 'zone', namespaces: ['b'], labelSelector: {} }
    const affinity = { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } }
    expect(ask(full({ scopes: ['CrossNamespacePodAffinity'] }), { affinity })).toContain('exceeded quota')
  })

  it('the next pod finds this one counted', () => {
    const quotas = [quota('q', { pods: '2', 'requests.cpu': '1' }, { 'requests.cpu': '100m' })]
    const pod = podOf({ containers: [container('a', { cpu: '400m' })] })
    const first = admitPod(pod, around({ resourceQuotas: quotas }))
    if (!first.allowed) throw new Error(first.message)
    expect(first.resourceQuotas).toMatchObject([{ status: { used: { pods: '1', 'requests.cpu': '500m' } } }])
    const second = admitPod(pod, around({ resourceQuotas: first.resourceQuotas }))
    if (!second.allowed) throw new Error(second.message)
    expect(second.resourceQuotas).toMatchObject([{ status: { used: { pods: '2', 'requests.cpu': '900m' } } }])
    expect(admitPod(pod, around({ resourceQuotas: second.resourceQuotas }))).toMatchObject({
      message:
        'pods "agent-" is forbidden: exceeded quota: q, requested: pods=1,requests.cpu=400m, used: pods=2,requests.cpu=900m, limited: pods=2,requests.cpu=1',
    })
  })
})

describe('order', () => {
  const strict = { namespace: namespaceWith({ enforce: 'restricted' }) }

  it('what changes a pod refuses it before what checks it', () =>
    expect(whyNot({ priorityClassName: 'none', hostNetwork: true }, strict)).toBe(
      'no PriorityClass with name none was found',
    ))
  it('an invalid pod is told so before the levels are asked', () =>
    expect(whyNot({ hostNetwork: true, containers: [{ name: 'A', image: 'i' }] }, strict)).toMatch(
      /^Pod "agent-" is invalid: spec.containers\[0\].name: Invalid value: "A"/,
    ))
  it('levels before quotas', () =>
    expect(whyNot({}, { ...strict, resourceQuotas: [quota('q', { pods: '0' })] })).toMatch(
      /^violates PodSecurity/,
    ))
  it('with its name, where it has one', () =>
    expect(admitPod(podOf({}, { name: 'agent-x' }), around(strict))).toMatchObject({
      message: expect.stringMatching(/^pods "agent-x" is forbidden/),
    }))
})

describe('what is not known', () => {
  const nothing: AdmissionObjects = {
    namespace: undefined,
    priorityClasses: undefined,
    serviceAccounts: undefined,
    runtimeClasses: undefined,
    limitRanges: undefined,
    resourceQuotas: undefined,
  }
  it('is not judged', () =>
    expect(
      admitPod(
        podOf({ priorityClassName: 'x', serviceAccountName: 'x', runtimeClassName: 'x', hostNetwork: true }),
        nothing,
      ),
    ).toMatchObject({ allowed: true }))
  it('is named where it could have mattered', () => {
    expect(unknownFor({}, nothing)).toEqual(['namespace', 'limitRanges', 'resourceQuotas'])
    expect(
      unknownFor({ priorityClassName: 'x', serviceAccountName: 'x', runtimeClassName: 'x' }, nothing),
    ).toEqual([
      'namespace',
      'priorityClasses',
      'serviceAccounts',
      'runtimeClasses',
      'limitRanges',
      'resourceQuotas',
    ])
    expect(
      unknownFor({ priorityClassName: 'system-node-critical', serviceAccountName: 'default' }, nothing),
    ).toEqual(['namespace', 'limitRanges', 'resourceQuotas'])
    expect(unknownFor({}, around())).toEqual([])
  })
})
