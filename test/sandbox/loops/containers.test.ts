import { beforeEach, describe, expect, it } from 'vitest'
import type { JsonObject } from '#kube/types.ts'
import { types } from '#sandbox/api/resources.ts'
import { begin, change, clock, conditionOf, create, events, pods, status } from '../../helpers/simulation.ts'

const finishes = [
  { image: /^fail/, seconds: 1, exitCode: 3 },
  { image: /^slow/, seconds: 5, exitCode: 0 },
]
const run = (spec: JsonObject) => {
  create(types.pods, 'default', {
    metadata: { name: 'p' },
    spec: { containers: [{ name: 'main', image: 'app' }], ...spec },
  })
}
const seconds = (count: number) => clock.advance(count * 1000)
const pod = () => pods().find(({ metadata }) => metadata.name === 'p')
const state = () => status(pod())
/** What the pod is said to be, each time that it changes, second by second. */
function told(count: number): string[] {
  const said: string[] = []
  for (let at = 0; at < count * 4; at += 1) {
    clock.advance(250)
    const now = state() ?? ''
    if (said.at(-1) !== now) said.push(now)
  }
  return said
}

beforeEach(() => begin({ behaviour: { finishes } }))

describe('containers of a pod', () => {
  it('wait for the volumes of ConfigMaps and Secrets that are missing', () => {
    run({
      volumes: [
        { name: 'cfg', configMap: { name: 'settings' } },
        { name: 's', secret: { secretName: 'key' } },
      ],
    })
    seconds(20)
    expect(state()).toBe('ContainerCreating')
    expect(events('FailedMount')).toEqual([
      'MountVolume.SetUp failed for volume "cfg" : configmap "settings" not found',
      'MountVolume.SetUp failed for volume "s" : secret "key" not found',
    ])
    create(types.configMaps, 'default', { metadata: { name: 'settings' } })
    create(types.secrets, 'default', { metadata: { name: 'key' } })
    seconds(60)
    expect(state()).toBe('Running')
  })

  it('need the keys that a volume names, and what is optional not at all', () => {
    create(types.configMaps, 'default', { metadata: { name: 'settings' }, data: { a: '1' } })
    run({
      volumes: [
        { name: 'cfg', configMap: { name: 'settings', items: [{ key: 'b', path: 'b' }] } },
        { name: 'maybe', projected: { sources: [{ secret: { name: 'none', optional: true } }] } },
      ],
    })
    seconds(1)
    expect(events('FailedMount')).toEqual([
      'MountVolume.SetUp failed for volume "cfg" : references non-existent config key: b',
    ])
  })

  it.each<[string, JsonObject, string]>([
    ['a ConfigMap', { envFrom: [{ configMapRef: { name: 'x' } }] }, 'configmap "x" not found'],
    [
      'a Secret',
      { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'x', key: 'k' } } }] },
      'secret "x" not found',
    ],
    [
      'a key',
      { env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'there', key: 'k' } } }] },
      "couldn't find key k in ConfigMap default/there",
    ],
  ])('are not started for want of %s', (_, more, why) => {
    create(types.configMaps, 'default', { metadata: { name: 'there' }, data: { a: '1' } })
    run({ containers: [{ name: 'main', image: 'app', ...more }] })
    seconds(2)
    expect(state()).toBe('CreateContainerConfigError')
    expect(pod()?.status?.containerStatuses?.[0]?.state?.waiting?.message).toBe(why)
    expect(events('Failed')).toEqual([`Error: ${why}`])
  })

  it('follow on their init containers, one after the other', () => {
    run({ initContainers: ['a', 'b'].map((name) => ({ name, image: 'slow' })) })
    expect(told(15)).toEqual(['Init:0/2', 'Init:1/2', 'PodInitializing', 'Running'])
    expect(conditionOf(pod(), 'Initialized')?.status).toBe('True')
  })

  it('follow on a sidecar as soon as it has started, and it ends with them', () => {
    run({
      restartPolicy: 'Never',
      initContainers: [
        {
          name: 'log',
          image: 'log',
          restartPolicy: 'Always',
          startupProbe: { initialDelaySeconds: 3, exec: { command: ['x'] } },
        },
      ],
    })
    expect(told(12)).toEqual(['Init:0/1', 'PodInitializing', 'Running', 'Completed'])
    expect(pod()?.status?.phase).toBe('Succeeded')
    expect(pod()?.status?.initContainerStatuses?.[0]?.state?.terminated?.reason).toBe('Completed')
  })

  it('do not run when an init container fails for good', () => {
    run({ restartPolicy: 'Never', initContainers: [{ name: 'a', image: 'fail' }] })
    seconds(5)
    expect(state()).toBe('Init:Error')
    expect(pod()?.status?.phase).toBe('Failed')
  })

  it.each([
    ['Never', ['ContainerCreating', 'Running', 'Error'], 'Failed', 0],
    [
      'OnFailure',
      ['ContainerCreating', 'Running', 'Error', 'Running', 'Error', 'CrashLoopBackOff'],
      'Running',
      1,
    ],
  ])('that fail are treated by restartPolicy %s', (restartPolicy, said, phase, restarts) => {
    run({ restartPolicy, containers: [{ name: 'main', image: 'fail' }] })
    expect(told(9).filter((one) => one !== 'Pending')).toEqual(said)
    expect(pod()?.status?.phase).toBe(phase)
    expect(pod()?.status?.containerStatuses?.[0]?.restartCount).toBe(restarts)
  })

  it('that end well are done for OnFailure, and started again for Always', () => {
    run({ restartPolicy: 'OnFailure', containers: [{ name: 'main', image: 'slow' }] })
    seconds(10)
    expect(state()).toBe('Completed')
    expect(conditionOf(pod(), 'Ready')).toMatchObject({ status: 'False', reason: 'PodCompleted' })
    begin({ behaviour: { finishes } })
    run({ containers: [{ name: 'main', image: 'slow' }] })
    seconds(12)
    expect(pod()?.status?.containerStatuses?.[0]?.restartCount).toBe(1)
  })

  it('are ready when their probes may say so', () => {
    const probe = (initialDelaySeconds: number) => ({ initialDelaySeconds, tcpSocket: { port: 80 } })
    run({ containers: [{ name: 'main', image: 'app', startupProbe: probe(4), readinessProbe: probe(10) }] })
    seconds(9)
    expect(pod()?.status?.phase).toBe('Running')
    expect(conditionOf(pod(), 'Ready')?.status).toBe('False')
    seconds(3)
    expect(conditionOf(pod(), 'Ready')?.status).toBe('True')
  })

  it('are told apart: one that cannot be pulled does not hold the others', () => {
    run({
      containers: [
        { name: 'a', image: 'app' },
        { name: 'b', image: 'app:bad' },
      ],
    })
    seconds(3)
    const [a, b] = pod()?.status?.containerStatuses ?? []
    expect([a?.ready, b?.ready]).toEqual([true, false])
    expect(state()).toBe('ImagePullBackOff')
  })

  it('end with their pod when it has been active for as long as it may be', () => {
    run({ activeDeadlineSeconds: 20, restartPolicy: 'Always' })
    seconds(19)
    expect(state()).toBe('Running')
    seconds(2)
    expect(pod()?.status).toMatchObject({
      phase: 'Failed',
      reason: 'DeadlineExceeded',
      message: 'Pod was active on the node longer than the specified deadline',
      containerStatuses: [{ ready: false, state: { terminated: { exitCode: 137, reason: 'Error' } } }],
    })
    expect(conditionOf(pod(), 'Ready')).toMatchObject({ status: 'False', reason: 'PodFailed' })
    expect(events('DeadlineExceeded')).toHaveLength(1)
    seconds(600)
    expect([state(), pod()?.status?.containerStatuses?.[0]?.restartCount]).toEqual(['Error', 0])
  })

  it('may be given less time while they run', () => {
    run({ activeDeadlineSeconds: 500 })
    seconds(10)
    change(types.pods, 'default', 'p', (one) => ({
      ...one,
      spec: { ...(one.spec as JsonObject), activeDeadlineSeconds: 12 },
    }))
    seconds(3)
    expect(pod()?.status).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded' })
  })

  it('are restarted when their liveness probe fails, those that have one', () => {
    begin({ behaviour: { failures: [{ image: /app/, failure: 'unhealthy' }] } })
    const livenessProbe = {
      httpGet: { port: 80 },
      initialDelaySeconds: 5,
      periodSeconds: 2,
      failureThreshold: 4,
    }
    run({
      containers: [
        { name: 'main', image: 'app', livenessProbe },
        { name: 'other', image: 'app' },
      ],
    })
    seconds(10)
    expect(state()).toBe('Running')
    expect(events('Unhealthy')).toEqual([])
    seconds(3)
    expect(events('Unhealthy')).toEqual(['Liveness probe failed: HTTP probe failed with statuscode: 503'])
    expect(events('Killing')).toEqual(['Container main failed liveness probe, will be restarted'])
    seconds(14)
    expect(pod()?.status?.containerStatuses?.map(({ restartCount }) => restartCount)).toEqual([1, 0])
    expect(state()).toBe('CrashLoopBackOff')
  })
})
