import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { plain } from '#base/style.ts'
import { displayWidth } from '#base/width.ts'
import { judgeRollout } from '#controller/rollout-status.ts'
import { daemonSetState } from '#controller/state/daemon-set-state.ts'
import type { KubeEvent } from '#kube/events.ts'
import type { ControllerRevision, DaemonSet, JsonObject, Node, Pod } from '#kube/types.ts'
import { types } from '#sandbox/api/resources.ts'
import { annotation } from '#sandbox/loops/behaviour.ts'
import { simulatedNodes } from '#sandbox/simulated-nodes.ts'
import { progressLines } from '#views/status/progress.ts'
import { updating } from '../../helpers/golden.ts'
import { agent, image, namespace } from '../../helpers/scenes/agent.ts'
import { type Stage, sceneTime } from '../../helpers/scenes/stage.ts'
import { play } from '../../helpers/scenes/table.ts'

/*
 * test/golden/picture holds the live view of `kds rollout status` without colour, as it is seen on terminals of two sizes while a
 * release is under way on 12 nodes, on 5,000, and while one is stuck. UPDATE_GOLDEN=1 writes them; look at them then.
 */
const sizes = [
  [80, 24],
  [120, 40],
] as const

const minute = 60_000

const rolling = (maxUnavailable: number | string) => ({
  spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable } } },
})

/** A release that began so many minutes ago. */
const released = (maxUnavailable: number | string, minutes: number) => (stage: Stage) => {
  namespace(stage)
  stage.create(types.daemonSets, agent(rolling(maxUnavailable)))
  stage.until(minutes)
  stage.release('agent', 'logging', `${image}:1.5.0`)
}

const slow = (node: Node, seconds: string): Node => ({
  ...node,
  metadata: { ...node.metadata, annotations: { [annotation.pull]: seconds } },
})
const few = simulatedNodes(12).map((node, at) => slow(node, String(10 + ((at * 7) % 12) * 4)))

const moments = {
  '12-nodes': { minutes: 1.5, allNodes: few, play: released(4, 1.5) },
  '5000-nodes': {
    minutes: 0.75,
    allNodes: simulatedNodes(5000),
    behaviour: { pullSeconds: 4, readySeconds: 2, terminationSeconds: 2 },
    play: released('10%', 0.75),
  },
  stuck: {
    minutes: 40,
    allNodes: simulatedNodes(12),
    behaviour: { failures: [{ image: /:1\.5\.0$/, failure: 'crash' as const }] },
    play: released(2, 40),
  },
} as const

type Moment = (typeof moments)[keyof typeof moments]
const played = new Map<Moment, readonly JsonObject[]>()

function linesOf(moment: Moment, width: number, height: number): readonly string[] {
  const { minutes, ...scene } = moment
  const items = played.get(moment) ?? (play(scene).items as readonly JsonObject[])
  played.set(moment, items)
  const of = <T>(kind: string) => items.filter((item) => item.kind === kind) as unknown as readonly T[]
  const [daemonSet] = of<DaemonSet>('DaemonSet')
  if (!daemonSet) throw new Error('no DaemonSet')
  const state = daemonSetState({
    daemonSet,
    pods: of<Pod>('Pod'),
    nodes: of<Node>('Node'),
    revisions: of<ControllerRevision>('ControllerRevision'),
    events: of<KubeEvent>('Event'),
    now: sceneTime,
  })
  const { numberAvailable, desiredNumberScheduled, updatedNumberScheduled } = daemonSet.status ?? {}
  const updated = updatedNumberScheduled ?? 0
  const progress = {
    namespace: 'logging',
    name: 'agent',
    judgement: judgeRollout(daemonSet),
    desired: desiredNumberScheduled ?? 0,
    updated,
    available: numberAvailable ?? 0,
    elapsed: minutes * minute,
    finished: updated,
    state,
  }
  return progressLines(progress, width, height, plain)
}

describe('the live picture', () => {
  it.each(Object.entries(moments).flatMap(([name, moment]) => sizes.map((size) => ({ name, moment, size }))))(
    '$name on $size',
    ({ name, moment, size: [width, height] }) => {
      const lines = linesOf(moment, width, height)
      expect(lines.length).toBeLessThanOrEqual(height)
      expect(lines.filter((line) => displayWidth(line) > width)).toEqual([])
      const file = `test/golden/picture/${name}.${width}x${height}.txt`
      const text = `${lines.join('\n')}\n`
      if (updating) writeFileSync(file, text)
      expect(existsSync(file) ? readFileSync(file, 'utf8') : `no ${file}`).toBe(text)
    },
  )
})
