import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import type { DaemonSet, Pod } from '#kube/types.ts'
import { resourceTypes } from '#sandbox/api/resources.ts'
import { runningClock } from '#sandbox/clock.ts'
import { type Sandbox, startSandbox } from '#sandbox/sandbox.ts'
import { simulatedNodes } from '#sandbox/simulated-nodes.ts'
import { holdableTimers } from '../../helpers/holdable-timers.ts'
import { exampleDaemonSet, type Kubectl, kubectlFor } from '../../helpers/kubectl.ts'
import { type LiveOptions, liveKds, until } from '../../helpers/live-world.ts'

/** A sandbox with a namespace for each test, and how kubectl sets the scenes in it. */
export function scenes() {
  let sandbox: Sandbox
  let kubectl: Kubectl
  let namespace = ''
  let count = 0
  const timers = holdableTimers()

  const daemonSet = (name = 'example-daemonset') => {
    const type = resourceTypes.find((one) => one.plural === 'daemonsets')
    return (type && sandbox.control.store.collection(type).get(`${namespace}/${name}`)) as
      | DaemonSet
      | undefined
  }
  const image = () => daemonSet()?.spec?.template?.spec?.containers?.[0]?.image
  const settled = () =>
    until(() => {
      const { metadata, status } = daemonSet() ?? {}
      return (
        status?.observedGeneration === metadata?.generation &&
        status?.updatedNumberScheduled === status?.desiredNumberScheduled &&
        (status?.numberAvailable ?? 0) === status?.desiredNumberScheduled
      )
    })
  const scene = (...argv: readonly string[]) => kubectl.run([...argv, '-n', namespace])
  const create = (name = 'example-daemonset') =>
    scene('create', '-f', kubectl.file('ds.yaml', exampleDaemonSet.replaceAll('example-daemonset', name)))
  const setImage = (value: string) =>
    scene('set', 'image', 'ds/example-daemonset', `example-container=${value}`)
  const patch = (spec: object) => scene('patch', 'ds/example-daemonset', '-p', JSON.stringify({ spec }))
  const kds = (argv: readonly string[], options: Partial<LiveOptions> = {}) =>
    liveKds(argv, { kubeconfig: join(kubectl.folder, 'config'), ...options })
  const rollout = (line: string, options: Partial<LiveOptions> = {}) =>
    kds(['rollout', ...line.split(' '), '-n', namespace], options)
  /** The exit codes and words of `rollout status`. */
  const status = (flags = '', options: Partial<LiveOptions> = {}) =>
    rollout(`status ds/example-daemonset${flags}`, options)

  const waitingReasons = () => {
    const type = resourceTypes.find((one) => one.plural === 'pods')
    const pods = type ? ([...sandbox.control.store.collection(type).values()] as Pod[]) : []
    return pods
      .filter(({ metadata }) => metadata?.namespace === namespace)
      .flatMap(({ status }) => status?.containerStatuses?.[0]?.state?.waiting?.reason ?? [])
  }
  /** The new pod's image could not be pulled, and until the test has ended nobody tries again. */
  const backedOff = async () => {
    await until(() => waitingReasons().includes('ImagePullBackOff'))
    timers.hold()
  }

  const running = async () => {
    await create()
    await settled()
  }
  const twoRevisions = async () => {
    await running()
    await setImage('nginx:alpine')
    await settled()
  }
  /** A roll-out that cannot finish. */
  const stuck = async () => {
    await running()
    await setImage('nginx:bad')
    await backedOff()
  }

  beforeAll(async () => {
    sandbox = await startSandbox({ objects: simulatedNodes(6), clock: runningClock(10, timers) })
    kubectl = kubectlFor(sandbox)
  })
  beforeEach(async () => {
    count += 1
    namespace = `case-${count}`
    await kubectl.run(['create', 'namespace', namespace])
  })
  afterEach(() => timers.letGo())
  afterAll(async () => {
    await sandbox.close()
  })
  return {
    backedOff,
    create,
    daemonSet,
    image,
    kds,
    namespace: () => namespace,
    patch,
    rollout,
    running,
    scene,
    setImage,
    settled,
    status,
    stuck,
    twoRevisions,
  }
}
