import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { DaemonSet } from '#kube/types.ts'
import type { Verb } from '#sandbox/api/resource-type.ts'
import { resourceTypes } from '#sandbox/api/resources.ts'
import type { FaultKind } from '#sandbox/faults/faults.ts'
import { type Sandbox, startSandbox } from '#sandbox/sandbox.ts'
import { simulatedNodes } from '#sandbox/simulated-nodes.ts'
import {
  exampleDaemonSet,
  type Kubectl,
  kubectlFor,
  kubectlVersion,
  type Run,
} from '../../helpers/kubectl.ts'
import { liveKds, until } from '../../helpers/live-world.ts'

type Step = readonly [verb: Verb, resource: string]

const get: Step = ['get', 'daemonsets']
const history: Step = ['list', 'controllerrevisions']

/** Every request that a live command makes. */
const commands: readonly { readonly argv: readonly string[]; readonly steps: readonly Step[] }[] = [
  // What is rolled out already is read once.
  { argv: ['rollout', 'status', 'ds/example-daemonset', '--timeout=60s'], steps: [get] },
  { argv: ['rollout', 'history', 'ds/example-daemonset'], steps: [get, history] },
  {
    argv: ['rollout', 'history', 'ds/example-daemonset', '-o', 'wide'],
    steps: [get, history, ['list', 'pods']],
  },
  {
    argv: ['rollout', 'undo', 'ds/example-daemonset'],
    steps: [get, history, ['patch', 'daemonsets'], ['patch', 'controllerrevisions']],
  },
  { argv: ['rollout', 'restart', 'ds/example-daemonset'], steps: [get, ['patch', 'daemonsets']] },
  {
    argv: ['rollout', 'undo', 'ds/example-daemonset', '--wait', '--timeout=60s'],
    steps: [
      ['list', 'daemonsets'],
      ['watch', 'daemonsets'],
    ],
  },
  { argv: ['rollout', 'pause', 'ds/example-daemonset'], steps: [get] },
  {
    argv: ['plan', 'ds/example-daemonset'],
    steps: [get, ['list', 'nodes'], ['list', 'pods'], ['get', 'namespaces'], history],
  },
]

/** Each fault, with what kds may answer to it. */
const faults: Readonly<Record<FaultKind, { readonly survived: boolean; readonly error?: RegExp }>> = {
  latency: { survived: true },
  'too-many-requests': { survived: true },
  'internal-error': { survived: true },
  unavailable: { survived: true },
  drop: { survived: true },
  'lost-answer': { survived: true },
  hang: { survived: false, error: /context deadline exceeded|timed out waiting for the condition/ },
  conflict: { survived: true },
  unauthorized: { survived: false, error: /You must be logged in to the server|: Unauthorized$/ },
  'watch-cut': { survived: true },
  'watch-expired': { survived: true },
}

const writes: readonly Verb[] = ['patch']
const ofWrites: readonly FaultKind[] = ['conflict', 'lost-answer']
const applies = (kind: FaultKind, [verb]: Step) =>
  kind.startsWith('watch-') ? verb === 'watch' : !ofWrites.includes(kind) || writes.includes(verb)

const cases = commands.flatMap(({ argv, steps }) =>
  steps.flatMap((step) =>
    (Object.keys(faults) as FaultKind[])
      .filter((kind) => applies(kind, step))
      .flatMap((kind) =>
        [true, false].map((passing) => ({
          argv,
          step,
          kind,
          passing,
          name: `${argv.join(' ')}: ${kind} at ${step.join(' ')}, ${passing ? 'once' : 'from then on'}`,
        })),
      ),
  ),
)

describe.skipIf(!kubectlVersion)(
  `${cases.length} cases of a fault at a step${kubectlVersion ? '' : ': skipped, there is no kubectl'}`,
  () => {
    let sandbox: Sandbox
    let kubectl: Kubectl
    const type = resourceTypes.find((one) => one.plural === 'daemonsets')
    const daemonSet = () =>
      (type && sandbox.control.store.collection(type).get('default/example-daemonset')) as
        | DaemonSet
        | undefined
    const generation = () => daemonSet()?.metadata?.generation ?? 0
    const template = () => JSON.stringify(daemonSet()?.spec?.template)
    const numbers = () => {
      const revisions = resourceTypes.find((one) => one.plural === 'controllerrevisions')
      const all = revisions ? [...sandbox.control.store.collection(revisions).values()] : []
      return all.map((one) => Number((one as { revision?: number }).revision)).sort((a, b) => a - b)
    }
    const observed = () => daemonSet()?.status?.observedGeneration === generation()

    /** What would end a command by itself, or let it go on: none of it may race with a limit of time. */
    const endsByItself = (kind: FaultKind, passing: boolean) =>
      kind === 'unauthorized' || (passing && kind !== 'hang')

    const run = (argv: readonly string[], kind: FaultKind, passing: boolean): Promise<Run> =>
      liveKds(kind === 'hang' ? [...argv, '--request-timeout=300ms'] : argv, {
        kubeconfig: join(kubectl.folder, 'config'),
        haste: 600,
        sleepUntil: (ms) =>
          ms === 60_000 && endsByItself(kind, passing) ? new Promise(() => {}) : undefined,
      })

    beforeAll(async () => {
      sandbox = await startSandbox({ objects: simulatedNodes(3), speed: 50, faults: true })
      kubectl = kubectlFor(sandbox)
      await kubectl.run(['create', '-f', kubectl.file('ds.yaml', exampleDaemonSet)])
      await kubectl.run(['set', 'image', 'ds/example-daemonset', 'example-container=nginx:alpine'])
      await kubectl.run(['rollout', 'status', 'ds/example-daemonset'])
    }, 60_000)
    beforeEach(async () => {
      sandbox.control.setFaults([])
      // What a command that failed had still asked for would meet the next fault in place of the next command.
      await until(() => !process.getActiveResourcesInfo().includes('TCPSocketWrap'))
      await until(observed)
    })
    afterAll(async () => {
      await sandbox.close()
    })

    it.each(cases.map((one) => [one.name, one] as const))('%s', async (_, { argv, kind, passing, step }) => {
      const { error, survived } = faults[kind]
      const before = { generation: generation(), template: template(), numbers: numbers() }
      const [verb, resource] = step
      const fault = {
        kind,
        verbs: [verb],
        resources: [resource],
        ...(passing ? { times: 1 } : {}),
        milliseconds: 50,
        retryAfterSeconds: 1,
      }
      sandbox.control.setFaults([fault])
      const result = await run(argv, kind, passing)
      sandbox.control.setFaults([])

      const lines = result.err
        .split('\n')
        .filter((line) => line !== '' && !/^(hint: |rolled back to revision |\d+ nodes? in )/.test(line))
      const words = argv[1]
      const changed = words === 'undo' || words === 'restart'
      const done = generation() - before.generation
      // What may have been written is not written again: a restart fails, an undo says that its cause is not recorded.
      const unclear =
        verb === 'patch' &&
        !['latency', 'too-many-requests'].includes(kind) &&
        (words === 'restart' || resource === 'controllerrevisions')
      if (passing && survived && words !== 'pause' && !unclear)
        expect({ exit: result.exit, lines }).toEqual({ exit: 0, lines: [] })
      if (result.exit === 0) {
        expect(survived || step[0] === 'patch' || step[0] === 'watch').toBe(true)
        expect(done).toBe(changed ? 1 : 0)
      } else {
        // One clear line, and the right exit code.
        expect(lines).toHaveLength(1)
        expect(result.exit).toBe(1)
        if (error) expect(lines[0]).toMatch(error)
        else expect(lines[0]).toMatch(/^(error|Error from server|Unable to connect)/)
        expect(done).toBeLessThanOrEqual(changed ? 1 : 0)
      }
      if (words !== 'undo') return
      // Never half done, doubled or lost without a word.
      await until(observed)
      const after = numbers()
      if (done === 0)
        expect({ template: template(), numbers: after }).toEqual({
          template: before.template,
          numbers: before.numbers,
        })
      else {
        expect(template()).not.toBe(before.template)
        expect(after).toHaveLength(before.numbers.length)
        expect(after.at(-1)).toBe((before.numbers.at(-1) ?? 0) + 1)
      }
    })
  },
)
