import { expect, it } from 'vitest'
import { wavesAnnotations } from '#controller/waves/annotations.ts'
import { refusal } from '#rollout/refusals.ts'

const x = { metadata: { name: 'x', namespace: 'y' } }
const inWaves = { metadata: { ...x.metadata, annotations: { [wavesAnnotations.state]: '{}' } } }

it("pause is refused in kubectl's words, with a way out", () => {
  expect(refusal('pause', x)).toMatchObject({
    code: 'unsupported',
    message: 'error: daemonsets.apps "x" pausing is not supported',
    verbatim: true,
    hint: 'a roll-out in waves can be paused, and others cannot: kds rollout waves ds/x -n y --set-image CONTAINER=IMAGE',
  })
})

it('so is resume', () => {
  expect(refusal('resume', x)).toMatchObject({
    message: 'error: daemonsets.apps "x" resuming is not supported',
    hint: `a DaemonSet that waits with OnDelete goes on by itself with: kubectl patch daemonset x -n y --type=merge -p '{"spec":{"updateStrategy":{"type":"RollingUpdate"}}}'`,
  })
})

it.each(['pause', 'resume'] as const)('%s of a roll-out in waves has a command of its own', (verb) => {
  expect(refusal(verb, inWaves).hint).toBe(`it is rolled out in waves: kds rollout waves ${verb} ds/x -n y`)
})
