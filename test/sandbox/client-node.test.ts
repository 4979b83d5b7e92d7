import {
  ApiException,
  AppsV1Api,
  CoreV1Api,
  KubeConfig,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
  Watch,
} from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '#sandbox/sandbox.ts'
import { type ManualClock, manualClock } from '../helpers/manual-clock.ts'
import { until } from '../helpers/sandbox-client.ts'

const namespace = 'default'

const daemonSet = (name: string) => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name },
  spec: {
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'c', image: 'nginx:1' }] },
    },
  },
})

describe('@kubernetes/client-node against the sandbox', () => {
  let sandbox: Sandbox
  let clock: ManualClock
  let config: KubeConfig
  let apps: AppsV1Api
  let core: CoreV1Api

  beforeAll(async () => {
    clock = manualClock(Date.parse('2026-11-20T20:00:00Z'))
    sandbox = await startSandbox({ nodes: 3, clock })
    clock.advance(1000)
    config = new KubeConfig()
    config.loadFromString(sandbox.kubeconfig)
    apps = config.makeApiClient(AppsV1Api)
    core = config.makeApiClient(CoreV1Api)
  })
  afterAll(() => sandbox.close())

  it('creates, and lists by selector and in pages', async () => {
    const created = await apps.createNamespacedDaemonSet({ namespace, body: daemonSet('lists') })
    expect(created.metadata?.creationTimestamp).toBeInstanceOf(Date)
    clock.advance(5000)
    const { status } = await apps.readNamespacedDaemonSet({ name: 'lists', namespace })
    expect(status).toMatchObject({ numberAvailable: 3, updatedNumberScheduled: 3 })
    const pods = await core.listNamespacedPod({ namespace, labelSelector: 'app=lists' })
    expect(pods.items.map((pod) => pod.status?.phase)).toEqual(['Running', 'Running', 'Running'])
    const first = await core.listNode({ limit: 2 })
    const second = await core.listNode({ limit: 2, _continue: first.metadata?._continue ?? '' })
    expect([...first.items, ...second.items].map((node) => node.metadata?.name)).toEqual([
      'node-1',
      'node-2',
      'node-3',
    ])
  })

  it.each([
    [PatchStrategy.MergePatch, { spec: { minReadySeconds: 1 } }],
    [
      PatchStrategy.StrategicMergePatch,
      { spec: { template: { spec: { containers: [{ name: 'c', image: 'nginx:2' }] } } } },
    ],
    [PatchStrategy.JsonPatch, [{ op: 'replace', path: '/spec/minReadySeconds', value: 0 }]],
  ])('patches by %s', async (strategy, body) => {
    const name = 'lists'
    const before = await apps.readNamespacedDaemonSet({ name, namespace })
    const patched = await apps.patchNamespacedDaemonSet(
      { name, namespace, body },
      setHeaderOptions('Content-Type', strategy),
    )
    expect(patched.metadata?.generation).toBe((before.metadata?.generation ?? 0) + 1)
    expect(patched.spec?.template.spec?.containers).toHaveLength(1)
  })

  it('replaces with optimistic concurrency', async () => {
    const name = 'lists'
    const read = await apps.readNamespacedDaemonSet({ name, namespace })
    const body = { ...read, metadata: { ...read.metadata, resourceVersion: '1' } }
    await expect(apps.replaceNamespacedDaemonSet({ name, namespace, body })).rejects.toMatchObject({
      code: 409,
    })
  })

  it('tells of errors as Status objects', async () => {
    const error = await apps
      .readNamespacedDaemonSet({ name: 'nope', namespace })
      .catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(ApiException)
    const { code, body } = error as ApiException<string>
    expect(code).toBe(404)
    expect(JSON.parse(body)).toMatchObject({ kind: 'Status', reason: 'NotFound', details: { name: 'nope' } })
  })

  it('watches from a version, and is told when the version is gone', async () => {
    const watch = new Watch(config)
    const { metadata } = await apps.listNamespacedDaemonSet({ namespace })
    const seen: string[] = []
    const controller = await watch.watch(
      `/apis/apps/v1/namespaces/${namespace}/daemonsets`,
      { resourceVersion: metadata?.resourceVersion },
      (type, object: { metadata: { name: string } }) => seen.push(`${type} ${object.metadata.name}`),
      () => undefined,
    )
    await apps.createNamespacedDaemonSet({ namespace, body: daemonSet('watched') })
    clock.advance(1000)
    await until(() => seen.includes('MODIFIED watched'))
    controller.abort()
    expect(seen.find((line) => line.endsWith('watched'))).toBe('ADDED watched')
    await until(() => sandbox.control.openWatches() === 0)
    sandbox.control.compact()
    const gone = await new Promise((resolve) => {
      void watch.watch(
        `/apis/apps/v1/namespaces/${namespace}/daemonsets`,
        { resourceVersion: metadata?.resourceVersion },
        (type, object: { code: number }) => resolve([type, object.code]),
        () => undefined,
      )
    })
    expect(gone).toEqual(['ERROR', 410])
  })

  it('keeps an informer up to date, through cut and expired watches', async () => {
    const name = 'informed'
    const informer = makeInformer(config, `/apis/apps/v1/namespaces/${namespace}/daemonsets`, () =>
      apps.listNamespacedDaemonSet({ namespace }),
    )
    const images = new Set<string>()
    const note = (object: Awaited<ReturnType<typeof apps.readNamespacedDaemonSet>>) => {
      if (object.metadata?.name === name) images.add(object.spec?.template.spec?.containers[0]?.image ?? '')
    }
    informer.on('add', note)
    informer.on('update', note)
    informer.on('error', () => void informer.start())
    await informer.start()
    await apps.createNamespacedDaemonSet({ namespace, body: daemonSet(name) })
    const setImage = (image: string) =>
      apps.patchNamespacedDaemonSet(
        { name, namespace, body: { spec: { template: { spec: { containers: [{ name: 'c', image }] } } } } },
        setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch),
      )
    await until(() => images.has('nginx:1'))
    expect(images.size).toBe(1)
    sandbox.control.cutWatches()
    await setImage('nginx:2')
    await until(() => images.has('nginx:2'))
    sandbox.control.cutWatches()
    sandbox.control.compact()
    await setImage('nginx:3')
    await until(() => images.has('nginx:3'))
    await informer.stop()
    // This informer opens a second watch after a 410 and loses the first: only the server can end that.
    sandbox.control.cutWatches()
  })

  it('deletes with preconditions', async () => {
    const name = 'lists'
    const body = { preconditions: { uid: '0' } }
    await expect(apps.deleteNamespacedDaemonSet({ name, namespace, body })).rejects.toMatchObject({
      code: 409,
    })
    await apps.deleteNamespacedDaemonSet({ name, namespace })
    clock.advance(5000)
    const { items } = await core.listNamespacedPod({ namespace, labelSelector: 'app=lists' })
    expect(items).toEqual([])
  })
})
