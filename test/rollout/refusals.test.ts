import { expect, it } from 'vitest'
import { refusal } from '#rollout/refusals.ts'

it("pause is refused in kubectl's words, with a way out", () => {
  expect(refusal('pause', 'x')).toMatchObject({
    code: 'unsupported',
    message: 'error: daemonsets.apps "x" pausing is not supported',
    verbatim: true,
    hint: `a DaemonSet cannot be paused; with OnDelete its pods stay until you delete them: kubectl patch daemonset x --type=merge -p '{"spec":{"updateStrategy":{"type":"OnDelete","rollingUpdate":null}}}'`,
  })
})

it('so is resume', () => {
  expect(refusal('resume', 'x')).toMatchObject({
    message: 'error: daemonsets.apps "x" resuming is not supported',
    hint: `a DaemonSet that waits with OnDelete goes on by itself with: kubectl patch daemonset x --type=merge -p '{"spec":{"updateStrategy":{"type":"RollingUpdate"}}}'`,
  })
})
