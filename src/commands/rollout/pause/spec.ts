import { refusingSpec } from '../refusing-spec.ts'

export const pauseSpec = refusingSpec('pause', {
  summary: 'Say how to hold a roll-out that kubectl cannot pause',
  instead: '"kds rollout waves" rolls out in waves, which can be paused.',
  load: async () => (await import('../../bundles/live.ts')).pauseCommand,
})
